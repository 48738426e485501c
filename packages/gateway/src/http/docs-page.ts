// The reference in a browser: Swagger UI from its package, nothing from anywhere else.
import { createRequire } from 'node:module';
import path from 'node:path';
import express, { type Express } from 'express';
import { pageHeaders } from './page-headers.ts';

/** Where the files of Swagger UI are served. */
const ASSETS = '/docs/assets';

export const DOCS_PAGE = `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Playgate reference</title>
<link rel="stylesheet" href="${ASSETS}/swagger-ui.css">
<link rel="icon" href="${ASSETS}/favicon-32x32.png">
</head>
<body>
<div id="swagger-ui"></div>
<script src="${ASSETS}/swagger-ui-bundle.js"></script>
<script src="/docs/start.js"></script>
</body>
</html>
`;

const START_SCRIPT = `SwaggerUIBundle({
  url: '/openapi.json',
  dom_id: '#swagger-ui',
  deepLinking: true,
  docExpansion: 'list',
  validatorUrl: null,
  presets: [SwaggerUIBundle.presets.apis],
});
`;

/** The files beside the page; the page itself is the operation getDocs. */
export function mountDocs(app: Express): void {
  const folder = path.dirname(createRequire(import.meta.url).resolve('swagger-ui-dist/package.json'));
  app.get('/docs/start.js', pageHeaders, (_request, response) => {
    response.type('text/javascript').send(START_SCRIPT);
  });
  app.use(ASSETS, pageHeaders, express.static(folder, { index: false, maxAge: '1h', redirect: false }));
}
