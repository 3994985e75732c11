#!/usr/bin/env node
// The command: bundles what has changed since the last time, then runs it. Plain JavaScript, since
// it is what Node runs first.
import { buildIfStale } from './build.js';

try {
  await buildIfStale();
} catch (error) {
  // esbuild's message has the file, the line and what is wrong with it.
  console.error(`slackline: its own sources do not compile\n${error.message}`);
  process.exit(2);
}
await import('../../dist/cli.js');
