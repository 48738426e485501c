export * from '../src/testing/model-gateway.ts';
