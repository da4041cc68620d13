/** As much of JSON Schema 2020-12 as docs/audit-log.schema.json uses; a keyword that is not here is a fault, not a pass. */

export type Schema = { readonly [keyword: string]: unknown };

const IGNORED = new Set(["$schema", "$id", "title", "description", "examples", "$defs"]);

/** What is wrong with `value`, each with the place; empty when it is valid. */
export function findSchemaProblems(root: Schema, value: unknown): string[] {
  return check(root, root, value, "$");
}

function check(root: Schema, schema: Schema, value: unknown, at: string): string[] {
  return Object.entries(schema).flatMap(([keyword, rule]) => {
    if (IGNORED.has(keyword)) return [];
    const judge = KEYWORDS[keyword];
    if (judge === undefined) throw new Error(`schema keyword ${keyword} is not known here`);
    return judge({ root, schema, rule, value, at });
  });
}

interface Case {
  readonly root: Schema;
  readonly schema: Schema;
  readonly rule: unknown;
  readonly value: unknown;
  readonly at: string;
}

const isObject = (value: unknown): value is Schema =>
  typeof value === "object" && value !== null && !Array.isArray(value);

const TYPES: Readonly<Record<string, (value: unknown) => boolean>> = {
  object: isObject,
  array: Array.isArray,
  string: (value) => typeof value === "string",
  integer: Number.isInteger,
  null: (value) => value === null,
};

const say = (is: boolean, problem: string): string[] => (is ? [] : [problem]);

const KEYWORDS: Readonly<Record<string, (given: Case) => string[]>> = {
  $ref({ root, rule, value, at }) {
    const found = String(rule)
      .slice(2)
      .split("/")
      .reduce<unknown>((schema, name) => (schema as Schema)[name], root);
    return check(root, found as Schema, value, at);
  },
  oneOf({ root, rule, value, at }) {
    const each = (rule as Schema[]).map((schema) => check(root, schema, value, at));
    const fitting = each.filter((problems) => problems.length === 0);
    const closest = each.toSorted((a, b) => a.length - b.length)[0] ?? [];
    return fitting.length === 1 ? [] : [`${at} fits ${fitting.length} of ${each.length}`, ...closest];
  },
  type: ({ rule, value, at }) =>
    say(
      [rule].flat().some((type) => TYPES[String(type)]?.(value) === true),
      `${at} is not ${String(rule)}`,
    ),
  const: ({ rule, value, at }) => say(rule === value, `${at} is not ${String(rule)}`),
  pattern: ({ rule, value, at }) =>
    say(
      typeof value !== "string" || new RegExp(String(rule), "u").test(value),
      `${at} is not ${String(rule)}`,
    ),
  maxLength: ({ rule, value, at }) =>
    say(typeof value !== "string" || Array.from(value).length <= Number(rule), `${at} is too long`),
  minimum: ({ rule, value, at }) =>
    say(typeof value !== "number" || value >= Number(rule), `${at} is below ${String(rule)}`),
  maxItems: ({ rule, value, at }) =>
    say(!Array.isArray(value) || value.length <= Number(rule), `${at} has too many items`),
  required: ({ rule, value, at }) =>
    isObject(value)
      ? (rule as string[]).filter((name) => !(name in value)).map((name) => `${at} has no ${name}`)
      : [],
  additionalProperties({ schema, value, at }) {
    const known = (schema["properties"] ?? {}) as Schema;
    return isObject(value)
      ? Object.keys(value)
          .filter((name) => !Object.hasOwn(known, name))
          .map((name) => `${at} has ${name}, which is not known`)
      : [];
  },
  properties: ({ root, rule, value, at }) =>
    isObject(value)
      ? Object.entries(rule as Schema).flatMap(([name, schema]) =>
          name in value ? check(root, schema as Schema, value[name], `${at}.${name}`) : [],
        )
      : [],
  items: ({ root, rule, value, at }) =>
    Array.isArray(value) ? value.flatMap((item, i) => check(root, rule as Schema, item, `${at}[${i}]`)) : [],
};
