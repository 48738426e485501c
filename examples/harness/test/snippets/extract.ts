// The TypeScript of a page of the docs. Each fence ```ts is a module of its own; what it takes for granted (a logged-in
// account, the game's own functions) are the exports of the page's module in given/. ```ts page: it runs in a page only.

export interface Snippet {
  /** Of the page, so that a fault is found: `server.md:36`. */
  readonly at: string;
  readonly code: string;
  readonly canRun: boolean;
}

const FENCE = /^```ts( page)?\n(.*?)^```$/gms;
const IMPORT = /^import .*;\n/gm;

export function snippetsOf(name: string, markdown: string): readonly Snippet[] {
  return [...markdown.matchAll(FENCE)].map(({ 1: page, 2: code = '', index }) => {
    const line = markdown.slice(0, index).split('\n').length + 1;
    return { at: `${name}:${line}`, code, canRun: page === undefined };
  });
}

/** A module that does on `run()` what the snippet says. Its own names hide given ones. */
export function moduleOf({ code }: Snippet, given: readonly string[]): string {
  const granted = given.length === 0 ? '' : `import { ${given.join(', ')} } from './given.ts';\n`;
  const imports = code.match(IMPORT)?.join('') ?? '';
  return `${granted}${imports}export async function run(): Promise<unknown> {\n${code.replace(IMPORT, '')}\nreturn null;\n}\n`;
}
