/** What a swept value is called where the experiment gives it no label of its own. */
import { compressors } from '../../core/compression/registry.ts';
import { consistencyModels } from '../../core/consistency/registry.ts';
import { ComputeSchema, formatCompute } from '../../core/environment/compute.ts';
import { FaultsSchema, formatFaults } from '../../core/environment/faults/fault.ts';
import { formatNetwork, NetworkSchema } from '../../core/environment/network.ts';
import { formatStragglers, StragglersSchema } from '../../core/environment/straggler.ts';
import { isTree, valueAt } from './config-path.ts';

/**
 * The short form of a value of the field `path` (`ssp:4`), where the field has one; else its kind,
 * with what tells it from the `others` of its axis; else its JSON.
 */
export function labelOf(path: string, value: unknown, others: readonly unknown[]): string {
  const short = shortForms.get(path)?.(value) ?? null;
  if (short !== null) return short;
  if (!isTree(value)) return typeof value === 'string' ? value : JSON.stringify(value);
  const kinds = others.map(other => valueAt(other, ['kind']));
  const alone = kinds.filter(kind => kind === value['kind']).length === 1;
  const telling = Object.keys(value).filter(
    key => key !== 'kind' && others.some(other => !same(valueAt(other, [key]), value[key]))
  );
  const fields = alone ? [] : telling.map(key => `${key} ${JSON.stringify(value[key])}`);
  return [value['kind'], ...fields].filter(part => part !== undefined).join(' ');
}

interface Registry {
  readonly schema: () => Schema<{ readonly kind: string }>;
  format(config: { readonly kind: string }): string;
}

interface Schema<T> {
  safeParse(value: unknown): { readonly success: boolean; readonly data?: T | undefined };
}

// A value that does not hold has no short form; `resolve` refuses it with its path.
const shortForms = new Map<string, (value: unknown) => string | null>([
  ['consistency', value => ofRegistry(consistencyModels, value)],
  ['compressor', value => ofRegistry(compressors, value)],
  ['environment.compute', value => shortForm(ComputeSchema, formatCompute, value)],
  ['environment.stragglers', value => shortForm(StragglersSchema, formatStragglers, value)],
  ['environment.faults', value => shortForm(FaultsSchema, formatFaults, value)],
  ['environment.network', value => shortForm(NetworkSchema, formatNetwork, value)]
]);

function ofRegistry(registry: Registry, value: unknown): string | null {
  return shortForm(registry.schema(), config => registry.format(config), value);
}

function shortForm<T>(
  schema: Schema<T>,
  format: (config: T) => string,
  value: unknown
): string | null {
  const { data } = schema.safeParse(value);
  return data === undefined ? null : format(data);
}

function same(one: unknown, other: unknown): boolean {
  return JSON.stringify(one) === JSON.stringify(other);
}
