/** The configurations of a sweep as one: what all runs share, and what varies between them. */

/** Alternatives that are spelt out where a value varies; more are counted. */
const alternativesMax = 12;

/**
 * One JSON value for several. Where they agree it is theirs; where they don't, a text that begins
 * with "varies" and lists the values in the order given. Objects are compared field by field,
 * except that an object with a `kind` is a choice of method and varies whole.
 */
export function commonConfig(values: readonly unknown[]): unknown {
  const [first] = values;
  const distinct = [...new Set(values.map(value => JSON.stringify(value) ?? 'absent'))];
  if (distinct.length <= 1) return first;
  const objects = values.filter(isObject);
  const kinds = new Set(objects.map(object => object['kind']));
  if (objects.length < values.length || kinds.size > 1 || isWholeChoice(objects)) {
    return varies(distinct);
  }
  const keys = new Set(objects.flatMap(object => Object.keys(object)));
  return Object.fromEntries(
    [...keys].map(key => [key, commonConfig(objects.map(object => object[key]))])
  );
}

// `ssp` with bounds 1 to 8 reads better as four choices than as one with a list in it.
function isWholeChoice(objects: readonly Readonly<Record<string, unknown>>[]): boolean {
  return objects.every(object => 'kind' in object && Object.values(object).every(isPlain));
}

function varies(distinct: readonly string[]): string {
  const shown = distinct.slice(0, alternativesMax).join(' | ');
  const more = distinct.length - alternativesMax;
  return `varies: ${shown}${more > 0 ? ` and ${more} more` : ''}`;
}

function isPlain(value: unknown): boolean {
  return typeof value !== 'object' || value === null;
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
