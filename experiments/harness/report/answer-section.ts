/** The head of a report: what was asked, what was expected, and whether the results agree. */
import { type DriverSweep, driverNames, type SweepRecord } from '../sweep-record.ts';
import { escaped } from './html.ts';

/** Question, expected answer, and a verdict a driver. */
export function answerSection(record: SweepRecord): string {
  const verdicts = driverNames.flatMap(driver => {
    const verdict = record.sweeps[driver]?.verdict ?? null;
    return verdict === null ? [] : [verdictBox(verdict, driver === 'sim' ? 'Simulated' : 'Real')];
  });
  const expected =
    record.expected === null
      ? ''
      : `<p class="expected"><b>Expected:</b> ${escaped(record.expected)}</p>`;
  return `<header>
<p class="name">${escaped(record.name)}</p>
<h1>${escaped(record.question)}</h1>
${expected}
${verdicts.join('\n')}
</header>`;
}

function verdictBox(
  { agrees, sentence }: NonNullable<DriverSweep['verdict']>,
  driver: string
): string {
  const kind = agrees === null ? 'open' : agrees ? 'agrees' : 'disagrees';
  const words = {
    open: 'not judged',
    agrees: 'as expected',
    disagrees: 'not as expected'
  };
  const sign = { open: '?', agrees: '✓', disagrees: '✗' };
  return `<p class="verdict ${kind}"><span class="sign" aria-hidden="true">${sign[kind]}</span>
<span><b>${driver}, ${words[kind]}:</b> ${escaped(sentence)}.</span></p>`;
}
