/** Of k6; its types leave it to those of a browser. */
declare const console: { error(text: string): void };

/** On the standard error output. */
export function tell(text: string): void {
  console.error(text);
}
