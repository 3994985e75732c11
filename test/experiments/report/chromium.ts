/** A browser for tests: the Chromium of this machine. */
import * as fs from 'node:fs';

/** Where systems keep it; `SLACKLINE_CHROMIUM` names another. */
const places = [
  process.env['SLACKLINE_CHROMIUM'] ?? '',
  '/usr/bin/chromium',
  '/usr/bin/chromium-browser',
  '/usr/bin/google-chrome',
  '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome'
];

/** The executable, or null where there is none. */
export const chromium: string | null =
  places.find(place => place !== '' && fs.existsSync(place)) ?? null;
