/** The marks of a picture of a network: cables, switches, hosts, and their names. */
import { utilisationColours } from './palette.ts';
import type { Json } from './plot.ts';

/** Room at the left for the names of levels, in widths of a network. */
const margin = 0.19;
/** Seen on both papers, and neither quiet nor loud among the colours of use. */
const neutral = '#7d8894';

export interface MarkOptions {
  /** The top of the picture, in levels. */
  readonly highest: number;
  /** Whether the names of hosts stand upright. */
  readonly upright: boolean;
  /** Bits a second that the legend shows, ascending. */
  readonly rates: readonly number[];
  /** Pixels of the cable with the highest rate. */
  readonly widest: number;
  /** Labels of how much of a link is used. */
  readonly steps: readonly string[];
}

/** Data in rows by `what`: link, switch, host, switch label, level. */
export function topologyMarks(options: MarkOptions): { [key: string]: Json } {
  const { highest, upright } = options;
  const axis = { type: 'quantitative', axis: null } as const;
  const x = { field: 'x', ...axis, scale: { domain: [-margin, 1.03], nice: false } };
  const y = { field: 'y', ...axis, scale: { domain: [upright ? -0.75 : -0.3, highest + 0.3] } };
  return {
    layer: [
      cables({ x, y }, options),
      switches({ x, y }),
      hosts({ x, y }),
      names('host', { x, y }, upright ? { angle: 270, align: 'right', dx: -8 } : { dy: 14 }),
      // Cables that slant to another level cross it.
      names('switch label', { x, y }, { align: 'left', dy: -10, style: 'halo' }),
      names('switch label', { x, y }, { align: 'left', dy: -10 }),
      names('level', { x, y }, { align: 'right', fontStyle: 'italic' })
    ]
  };
}

interface Place {
  readonly x: Json;
  readonly y: Json;
}

function only(what: string): Json {
  return [{ filter: `datum.what === '${what}'` }];
}

function cables({ x, y }: Place, { rates, widest, steps }: MarkOptions): Json {
  return {
    transform: only('link'),
    mark: { type: 'line', strokeCap: 'butt', clip: false, aria: false },
    encoding: {
      x,
      y,
      detail: { field: 'cable', type: 'nominal' },
      order: { field: 'order', type: 'quantitative' },
      color: useColour(steps),
      strokeWidth: rateWidth(rates, widest),
      tooltip: [
        { field: 'name', title: 'Link' },
        { field: 'links', title: 'Links' },
        { field: 'rate', title: 'Capacity (bit/s)', type: 'quantitative', format: '.3~s' },
        { field: 'percent', title: 'Used (%)', type: 'quantitative', format: '.3~r' }
      ]
    }
  };
}

function switches({ x, y }: Place): Json {
  return {
    transform: only('switch'),
    mark: { type: 'rule', strokeWidth: 5, color: neutral, aria: false },
    encoding: { x, y, x2: { field: 'right' }, tooltip: [{ field: 'name', title: 'Switch' }] }
  };
}

function hosts({ x, y }: Place): Json {
  const roles = ['worker', 'server', 'both'];
  return {
    transform: only('host'),
    mark: { type: 'point', filled: true, size: 60, opacity: 1, color: neutral, aria: false },
    encoding: {
      x,
      y,
      shape: {
        field: 'role',
        type: 'nominal',
        scale: { domain: roles, range: ['circle', 'square', 'diamond'] },
        legend: null
      },
      tooltip: [
        { field: 'name', title: 'Host' },
        { field: 'links', title: 'Hosts' }
      ]
    }
  };
}

function names(what: string, { x, y }: Place, mark: { readonly [key: string]: Json }): Json {
  return {
    transform: only(what),
    mark: { type: 'text', fontSize: 10, ...mark, aria: false },
    encoding: { x, y, text: { field: 'name', type: 'nominal' } }
  };
}

function useColour(labels: readonly string[]): Json {
  return {
    field: 'use',
    type: 'nominal',
    title: 'Used, mean over the run',
    sort: [...labels],
    scale: { domain: [...labels], range: utilisationColours.slice(0, labels.length) }
  };
}

function rateWidth(rates: readonly number[], widest: number): Json {
  const most = rates[rates.length - 1] ?? 1;
  return {
    field: 'rate',
    type: 'quantitative',
    title: 'Capacity',
    scale: { type: 'sqrt', domain: [0, most], range: [0.8, widest], nice: false },
    legend: {
      values: [...rates],
      symbolType: 'stroke',
      labelExpr:
        "datum.value >= 1e9 ? format(datum.value / 1e9, '.3~r') + ' Gbit/s' : " +
        "format(datum.value / 1e6, '.3~r') + ' Mbit/s'"
    }
  };
}
