/** `slackline flows FILE`: flows over shared links, from a file of cases. */
import { Command, Option } from 'commander';
import type { SharingLawName } from '../../../sim/sharing-law.ts';

export function flowsCommand(): Command {
  return new Command('flows')
    .description('Run flows over shared links and print as JSON how and when each one ends.')
    .argument('<file>', 'cases of hosts, links, routes and flows as JSON, in bytes and seconds')
    .option('--json', 'print one JSON document on standard output; so it does without')
    .addOption(
      new Option('--sharing <law>', "how flows share links; the last two are SimGrid's")
        .choices(['maxmin', 'rtt-weighted', 'lv08'])
        .default('maxmin')
    )
    .addHelpText(
      'after',
      '\nA file:\n' +
        '  { "cases": [{\n' +
        '    "name": "a slower link", "hosts": ["a", "b"],\n' +
        '    "links": [{ "id": "l", "bw": 125e6, "lat": 0.001, "policy": "SHARED" }],\n' +
        '    "routes": [{ "src": "a", "dst": "b", "links": ["l"] }],\n' +
        '    "flows": [{ "id": "f", "src": "a", "dst": "b", "size": 125e6, "start": 0 }],\n' +
        '    "profile": { "l": [[0.5, 62.5e6]] }\n' +
        '  }] }\n' +
        '\nbw is bytes a second, lat and times are seconds, sizes are bytes. Policies: SHARED,\n' +
        'FATPIPE (each flow has the whole capacity), SPLITDUPLEX (routes say "l:UP" or "l:DOWN").\n' +
        'profile, latprofile and state change bandwidth, latency, and whether a link is up (1, 0),\n' +
        'by [time, value] pairs, or { "points": [...], "period": 2 } for what repeats.\n' +
        'A flow ends "done" at t, "failed" at t, or "stalled" (held for good; t is null).\n' +
        '\nExample:\n  slackline flows cases.json'
    )
    .action(async (file: string, options: { sharing: SharingLawName }) => {
      const { flowsText } = await import('../flows/flows.ts');
      process.stdout.write(flowsText(file, options.sharing));
    });
}
