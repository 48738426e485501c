export * from './accrue.ts';
