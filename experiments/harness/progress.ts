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
      format: '{bar} {value} of {total} runs, {eta_formatted} left  {running}',
      hideCursor: true,
      clearOnComplete: true,
      // The estimate moves with every run, so that one slow cell does not spoil it for long.
      etaBuffer: 6
    },
    cliProgress.Presets.shades_classic
  );
  const bar = bars.create(total, 0, { running: 'starting' });
  const running = new Map<NamedRun, string>();
  const update = (): void => bar.update({ running: [...running.values()].join(' | ') });
  return {
    started(run) {
      running.set(run, runName(run));
      update();
    },
    moved(run, what) {
      running.set(run, `${runName(run)}: ${what}`);
      update();
    },
    waiting(run, why, seconds) {
      running.set(run, `${runName(run)}: ${why}, ${Math.round(seconds)} s`);
      update();
    },
    ended(run, how) {
      running.delete(run);
      bar.increment();
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
      const seconds = (performance.now() - began) / 1000;
      const left = Math.round((seconds / done) * (total - done));
      const rest = done === total ? `in ${Math.round(seconds)} s` : `about ${left} s left`;
      write(`${done} of ${total} runs, ${rest}: ${runName(run)}: ${how}`);
    },
    note: write,
    close() {}
  };
}
