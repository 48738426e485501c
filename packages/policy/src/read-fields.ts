// Small readers that turn unknown JSON into typed values and note every problem with its path.
// They know nothing of policies. A reader answers UNREAD where it noted a problem, and what holds it is unread too.

export interface FieldProblem {
  /** Dotted, with list positions in brackets: `budgets[1].limitMs`; empty for the whole value. */
  readonly path: string;
  readonly message: string;
}

export const UNREAD = Symbol('unread');
export type Read<T> = T | typeof UNREAD;
export type Reader<T> = (value: unknown, path: string, problems: FieldProblem[]) => Read<T>;

/** An optional field is left out where it has no value, never undefined. */
type Fields<T> = { readonly [Key in keyof T]-?: Reader<Exclude<T[Key], undefined>> };

/** A condition over several fields; judged as soon as those it needs were read. Its answer is the problem, or null. */
export interface Rule<T> {
  readonly path: string;
  readonly needs: readonly (keyof T & string)[];
  readonly findProblem: (fields: T) => string | null;
}

function refuse(problems: FieldProblem[], path: string, message: string): typeof UNREAD {
  problems.push({ path, message });
  return UNREAD;
}

export function textMatching(textMax: number, expected: string, isValid: (text: string) => boolean): Reader<string> {
  return (value, path, problems) => {
    if (typeof value !== 'string') return refuse(problems, path, `must be ${expected}`);
    if (value.length > textMax) return refuse(problems, path, `must have at most ${textMax} characters`);
    return isValid(value) ? value : refuse(problems, path, `must be ${expected}`);
  };
}

export function integer(min: number, max: number): Reader<number> {
  return (value, path, problems) =>
    typeof value === 'number' && Number.isSafeInteger(value) && value >= min && value <= max
      ? value
      : refuse(problems, path, `must be an integer from ${min} to ${max}`);
}

export const boolean: Reader<boolean> = (value, path, problems) =>
  typeof value === 'boolean' ? value : refuse(problems, path, 'must be true or false');

export function oneOf<const T extends string>(choices: readonly T[]): Reader<T> {
  return (value, path, problems) =>
    choices.find((choice) => choice === value) ?? refuse(problems, path, `must be one of ${choices.join(', ')}`);
}

export function oneOfNumbers<const T extends number>(choices: readonly T[]): Reader<T> {
  return (value, path, problems) =>
    choices.find((choice) => choice === value) ?? refuse(problems, path, `must be one of ${choices.join(', ')}`);
}

export function nullable<T>(reader: Reader<T>): Reader<T | null> {
  return (value, path, problems) => (value === null ? null : reader(value, path, problems));
}

export function listOf<T>(
  item: Reader<T>,
  itemsMin: number,
  itemsMax: number,
  findProblem: (items: readonly T[]) => string | null = () => null,
): Reader<readonly T[]> {
  return (value, path, problems) => {
    if (!Array.isArray(value) || value.length < itemsMin || value.length > itemsMax) {
      return refuse(problems, path, `must be a list of ${itemsMin} to ${itemsMax} items`);
    }
    const items = Array.from(value, (entry: unknown, index) => item(entry, `${path}[${index}]`, problems));
    if (!items.every((entry): entry is T & Read<T> => entry !== UNREAD)) return UNREAD;
    const problem = findProblem(items);
    return problem === null ? items : refuse(problems, path, problem);
  };
}

/** An object used as a map; `findKeyProblem` judges each key. */
export function mapOf<T>(
  entry: Reader<T>,
  entriesMax: number,
  findKeyProblem: (key: string) => string | null,
): Reader<Readonly<Record<string, T>>> {
  return (value, path, problems) => {
    if (!isObject(value)) return refuse(problems, path, 'must be an object');
    const keys = Object.keys(value);
    if (keys.length > entriesMax) return refuse(problems, path, `must have at most ${entriesMax} entries`);
    const found = problems.length;
    const entries: [string, T][] = [];
    for (const key of keys) {
      const keyPath = join(path, key);
      const keyProblem = findKeyProblem(key);
      if (keyProblem !== null) refuse(problems, keyPath, keyProblem);
      const read = entry(value[key], keyPath, problems);
      if (read !== UNREAD) entries.push([key, read]);
    }
    return problems.length === found ? Object.fromEntries(entries) : UNREAD;
  };
}

/** An object with exactly these fields; a missing one (unless it is `optional`) or an unknown one is a problem. */
export function object<T extends object>(
  fields: Fields<T>,
  rules: readonly Rule<T>[] = [],
  optional: readonly (keyof T & string)[] = [],
): Reader<T> {
  const names = Object.keys(fields) as (keyof T & string)[];
  return (value, path, problems) => {
    if (!isObject(value)) return refuse(problems, path, 'must be an object');
    const found = problems.length;
    for (const key of Object.keys(value)) {
      if (!Object.hasOwn(fields, key)) refuse(problems, join(path, key), 'is not a known field');
    }
    const read: Partial<T> = {};
    for (const name of names) {
      const fieldPath = join(path, name);
      if (!Object.hasOwn(value, name)) {
        if (!optional.includes(name)) refuse(problems, fieldPath, 'is missing');
        continue;
      }
      const field = fields[name](value[name], fieldPath, problems);
      if (field !== UNREAD) read[name] = field as T[typeof name];
    }
    judge(rules, read, path, problems);
    return problems.length === found ? (read as T) : UNREAD;
  };
}

function judge<T extends object>(rules: readonly Rule<T>[], read: Partial<T>, path: string, problems: FieldProblem[]) {
  for (const rule of rules) {
    if (!rule.needs.every((name) => Object.hasOwn(read, name))) continue;
    const problem = rule.findProblem(read as T);
    if (problem !== null) refuse(problems, join(path, rule.path), problem);
  }
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function join(path: string, name: string): string {
  return path === '' || name === '' ? path + name : `${path}.${name}`;
}
