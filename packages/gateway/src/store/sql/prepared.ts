// Statements of the request path: built once, and parsed and planned once by each connection to PostgreSQL. Both take longer than the
// statement itself.
import type { Compilable, CompiledQuery } from 'kysely';

/** Stands for a value while the statement is built. */
class Placeholder {
  readonly name: string;

  constructor(name: string) {
    this.name = name;
  }
}

const MARK_STARTS = ' /* prepared: ';
const MARK_ENDS = ' */';

type ValueOf<Given> = <Name extends keyof Given & string>(name: Name) => Given[Name];
type Build<Given, Row> = (value: ValueOf<Given>) => Compilable<Row>;

/**
 * For `db.executeQuery`. `name`: of one text alone, in the whole gateway. `build` is called once, with a function that gives what
 * stands for the value of that name.
 */
export function prepare<Given extends { readonly [Name in keyof Given]: string | number }>(name: string) {
  return <Row>(build: Build<Given, Row>): ((given: Given) => CompiledQuery<Row>) => {
    const compiled = build((value) => new Placeholder(value) as never).compile();
    const sql = compiled.sql + MARK_STARTS + name + MARK_ENDS;
    return (given) => ({
      ...compiled,
      sql,
      parameters: compiled.parameters.map((value) =>
        value instanceof Placeholder ? given[value.name as keyof Given] : value,
      ),
    });
  };
}

/** Under what name a connection prepares this text; null: it is sent anew each time. */
export function preparedName(text: string): string | null {
  if (!text.endsWith(MARK_ENDS)) return null;
  const at = text.lastIndexOf(MARK_STARTS);
  return at === -1 ? null : text.slice(at + MARK_STARTS.length, -MARK_ENDS.length);
}
