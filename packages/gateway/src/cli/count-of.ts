/** `1 seat`, `2 seats`, `0 seats`. */
export const countOf = (count: number, one: string, many = `${one}s`): string => `${count} ${count === 1 ? one : many}`;
