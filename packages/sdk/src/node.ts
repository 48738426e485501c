// The core as it is: Node >= 18 has every global it needs, and no page to watch.
export * from './index.ts';
