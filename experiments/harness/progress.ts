/** How far a sweep is: a bar on a terminal, plain lines elsewhere. Standard error, always. */
import cliProgress from 'cli-progress';
import { cellName } from './cells.ts';

/** One run, as it is told of. */
export interface NamedRun {
  readonly labels: Readonly<Record<string, string>>;
  readonly seed: number;
}

export interface Progress {
  started(run: NamedRun): void;
  /** Something has moved in a run: `12.4 s simulated, 5 evaluations`. */
  moved(run: NamedRun, what: string): void;
  /** Nothing has moved in a run for so long, and why: nothing hangs silently. */
  waiting(run: NamedRun, why: string, seconds: number): void;
  ended(run: NamedRun, how: string): void;
  /** Something that a reader should know; stands above the bar. */
  note(text: string): void;
  close(): void;
}

/** What is waited for is told so often where every line stays. */
const waitingLineMillis = 10_000;
/** A start takes a few seconds, which nobody wants explained. */
const waitingSecondsMin = 5;

/** Progress of `total` runs on standard error. */
export function showProgress(total: number): Progress {
  return process.stderr.isTTY === true ? barProgress(total) : lineProgress(total);
}

/** `consistency=ssp:4, seed 2`. */
export function runName({ labels, seed }: NamedRun): string {
  const cell = cellName(labels);
  return cell === '' ? `seed ${seed}` : `${cell}, seed ${seed}`;
}

function barProgress(total: number): Progress {
  const bars = new cliProgress.MultiBar(
    {
      format: '{bar} {value} of {total} runs, {left}  {running}',
      barsize: 20,
      hideCursor: true,
      clearOnComplete: true
    },
    cliProgress.Presets.shades_classic
  );
  const began = performance.now();
  const bar = bars.create(total, 0, { running: '', left: 'starting' });
  const running = new Map<NamedRun, string>();
  let done = 0;
  const update = (): void => {
    const left = timeLeft(began, done, total);
    bar.update(done, { running: [...running.values()].join(' | '), left });
  };
  const say = (run: NamedRun, what: string): void => {
    running.set(run, `${runName(run)}: ${what}`);
    update();
  };
  return {
    started: run => say(run, 'starts'),
    moved: say,
    waiting: (run, why, seconds) => say(run, `${why}, ${Math.round(seconds)} s`),
    ended(run, how) {
      running.delete(run);
      done += 1;
      update();
      if (how !== 'done') bars.log(`${runName(run)}: ${how}\n`);
    },
    note: text => bars.log(`${text}\n`),
    close: () => bars.stop()
  };
}

function lineProgress(total: number): Progress {
  const began = performance.now();
  let done = 0;
  let told = began;
  const write = (text: string): void => void process.stderr.write(`${text}\n`);
  return {
    started() {},
    moved() {},
    waiting(run, why, seconds) {
      if (seconds < waitingSecondsMin || performance.now() - told < waitingLineMillis) return;
      told = performance.now();
      write(`${runName(run)}: ${why}, ${Math.round(seconds)} s`);
    },
    ended(run, how) {
      done += 1;
      write(`${done} of ${total} runs, ${timeLeft(began, done, total)}: ${runName(run)}: ${how}`);
    },
    note: write,
    close() {}
  };
}

// By the mean of the runs so far.
function timeLeft(began: number, done: number, total: number): string {
  const seconds = (performance.now() - began) / 1000;
  if (done === total) return `in ${Math.round(seconds)} s`;
  if (done === 0) return `${Math.round(seconds)} s so far`;
  return `about ${Math.round((seconds / done) * (total - done))} s left`;
}
