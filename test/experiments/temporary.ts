/** Folders of a test's own, gone when it ends. */
import * as fs from 'node:fs';
import * as os from 'node:os';
import * as path from 'node:path';

/** Calls `body` with a fresh empty folder and removes it afterwards. */
export async function inTemporaryFolder(body: (folder: string) => unknown): Promise<void> {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'slackline-'));
  try {
    await body(folder);
  } finally {
    fs.rmSync(folder, { recursive: true, force: true });
  }
}
