import { defineConfig } from 'tsup';

// Static files under dist/: index.html and icon.svg as they are, app.js and style.css. Nothing is loaded from elsewhere.
export default defineConfig({
  entry: { app: 'src/app.ts', style: 'src/style.css' },
  format: 'esm',
  target: 'es2022',
  platform: 'browser',
  clean: true,
  minify: true,
  splitting: false,
  publicDir: 'public',
  noExternal: [/^@playgate\//],
  esbuildOptions: (options) => {
    options.conditions = ['@playgate/source'];
  },
});
