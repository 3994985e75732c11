/** Encodings that mean the same in every plot: the colour of a series, the sign of a driver. */
import type { Arrangement } from './arrangement.ts';
import type { Json } from './plot.ts';

/** Colour of a series: a sequence where the series have an order, else colours told apart. */
export function seriesColour({ axis, series, ordered }: Arrangement): { [key: string]: Json } {
  return {
    field: 'series',
    type: ordered ? 'ordinal' : 'nominal',
    title: axisTitle(axis),
    sort: [...series],
    scale: { domain: [...series] }
  };
}

/** Dash of a line by driver, where there are two. */
export function driverDash({ drivers }: Arrangement): { [key: string]: Json } {
  if (drivers.length < 2) return {};
  return {
    strokeDash: {
      field: 'driver',
      type: 'nominal',
      title: 'Driver',
      sort: [...drivers],
      scale: {
        domain: [...drivers],
        range: [
          [1, 0],
          [5, 3]
        ]
      }
    }
  };
}

/** Shape of a point by driver, where there are two. */
export function driverShape({ drivers }: Arrangement): { [key: string]: Json } {
  if (drivers.length < 2) return {};
  return {
    shape: {
      field: 'driver',
      type: 'nominal',
      title: 'Driver',
      sort: [...drivers],
      scale: { domain: [...drivers], range: ['circle', 'diamond'] }
    }
  };
}

/** The name of an axis at the head of a legend: `staleness bound` as `Staleness bound`. */
export function axisTitle(axis: string): string {
  return axis.charAt(0).toUpperCase() + axis.slice(1);
}
