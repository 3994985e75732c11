/** Tests that need what not every machine has: skipped there, with the reason printed. */
import type { Test } from 'uvu';

/** Takes a test's name and body, as a suite does. */
export type AddTest = (name: string, body: () => void | Promise<void>) => void;

/**
 * The suite itself where nothing is missing. Else each test is skipped, and `npm test` prints why:
 *
 *   const withBrowser = unless(report, chromium === null ? 'Chromium is not installed' : null);
 *   withBrowser('a click on a legend entry dims the other lines', async () => { ... });
 */
export function unless<T>(test: Test<T>, missing: string | null): AddTest {
  if (missing === null) return (name, body) => test(name, body);
  return (name, body) => {
    console.log(`SKIP ${name}: ${missing}`);
    test.skip(name, body);
  };
}
