/** GPUs of a host: devices that compute one gradient after another, each behind a PCIe link. */
import { z } from 'zod';
import { kindErrors, type ShortForms, withShortForms } from '../short-form.ts';
import { type Bandwidth, bandwidth, type Duration, duration } from '../units.ts';

const forms = {
  none: { fields: [], example: 'none' },
  pcie: {
    fields: ['bandwidth', 'latency', 'devices'],
    optional: { devices: 1 },
    example: 'pcie:16GB/s:10us'
  }
} as const satisfies ShortForms<string>;

const schema = z.discriminatedUnion(
  'kind',
  [
    /** Gradients are computed on the cores. */
    z.strictObject({ kind: z.literal('none') }),
    /**
     * Gradients are computed by the host's devices, one at a time each; the compute law is the time of
     * the kernels. Params go there and gradients come back over the device's own full-duplex link, one
     * copy at a time in a direction, each for `latency` and its bytes over `bandwidth`. Workers of a
     * host take the devices in turn, by rank.
     */
    z.strictObject({
      kind: z.literal('pcie'),
      bandwidth: bandwidth(),
      latency: duration({ max: '1s' }),
      devices: z.int().min(1).max(64).default(1)
    })
  ],
  kindErrors('GPU', forms)
);

/** GPUs, or the short form. */
export const GpuSchema = withShortForms('GPU', forms, schema);
export type GpuConfig = z.output<typeof schema>;

/** Gradients are computed on the cores. */
export function noGpu() {
  return { kind: 'none' } as const;
}

/** Devices behind PCIe links of this bandwidth a direction and this latency a copy. */
export function pcie(options: {
  readonly bandwidth: Bandwidth;
  readonly latency: Duration;
  readonly devices?: number;
}) {
  const { bandwidth, latency, devices = 1 } = options;
  return { kind: 'pcie', bandwidth, latency, devices } as const;
}
