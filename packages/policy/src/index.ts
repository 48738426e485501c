export type * from './accrue.ts';
export type * from './decide.ts';
export * from './intervals.ts';
export type * from './policy-document.ts';
export * from './reasons.ts';
export type * from './resolve-allowance.ts';
export type * from './time.ts';
