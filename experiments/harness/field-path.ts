/** Types for dotted paths into a configuration, so that an editor completes and checks them. */

/** Nesting levels that paths are spelt out for: deeper ones are no use, and slow the compiler. */
type Deeper = [never, 0, 1, 2, 3];

/** The paths into `T`: `workers`, `environment.network`, `environment.network.latency` ... */
export type FieldPath<T, Depth extends number = 3> = [Depth] extends [never]
  ? never
  : T extends readonly unknown[]
    ? never
    : T extends object
      ? {
          [Key in keyof T & string]:
            | Key
            | `${Key}.${FieldPath<NonNullable<T[Key]>, Deeper[Depth]>}`;
        }[keyof T & string]
      : never;

/** What stands at a path in `T`; of a union, what stands there in any member that has it. */
export type FieldValue<T, Path extends string> = T extends unknown
  ? Path extends keyof T
    ? T[Path]
    : Path extends `${infer Head}.${infer Rest}`
      ? Head extends keyof T
        ? FieldValue<NonNullable<T[Head]>, Rest>
        : never
      : never
  : never;
