// The static files of a package that is a page, with a policy that lets the page load nothing from anywhere else.
import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import express, { Router } from 'express';
import helmet from 'helmet';
import { Fault } from '../fault.ts';

const pageHeaders = helmet({
  contentSecurityPolicy: {
    useDefaults: false,
    directives: {
      defaultSrc: ["'none'"],
      scriptSrc: ["'self'"],
      styleSrc: ["'self'"],
      imgSrc: ["'self'"],
      connectSrc: ["'self'"],
      baseUri: ["'none'"],
      formAction: ["'none'"],
      frameAncestors: ["'none'"],
    },
  },
  strictTransportSecurity: false,
  // Browsers complain about these on plain HTTP in a local network.
  crossOriginOpenerPolicy: false,
  originAgentCluster: false,
});

/** `packageName`: a dependency whose built files lie in `dist`. To be mounted at the place that its page expects. */
export function staticPage(packageName: string): Router {
  const folder = path.join(path.dirname(createRequire(import.meta.url).resolve(`${packageName}/package.json`)), 'dist');
  const router = Router();
  router.use((request, response, next) => {
    response.setHeader('Cache-Control', 'no-cache');
    pageHeaders(request, response, next);
  });
  router.get('/', (_request, response) => {
    const file = path.join(folder, 'index.html');
    if (!existsSync(file)) throw new Fault('not_found', 'The page is not built.');
    response.sendFile(file, { cacheControl: false });
  });
  router.use(express.static(folder, { index: false, redirect: false, cacheControl: false }));
  return router;
}
