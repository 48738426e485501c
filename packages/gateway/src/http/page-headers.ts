import type { NextFunction, Request, Response } from 'express';
import helmet from 'helmet';

/** For pages of our own: everything from this origin; inline styles because Swagger UI writes them. */
const setHeaders = helmet({
  contentSecurityPolicy: {
    useDefaults: false,
    directives: {
      defaultSrc: ["'self'"],
      baseUri: ["'none'"],
      formAction: ["'self'"],
      frameAncestors: ["'none'"],
      imgSrc: ["'self'", 'data:'],
      objectSrc: ["'none'"],
      styleSrc: ["'self'", "'unsafe-inline'"],
    },
  },
  // Whoever terminates TLS in front decides on it; the gateway itself speaks plain HTTP.
  strictTransportSecurity: false,
});

/** Headers of a page in place of those of an answer in JSON. */
export function pageHeaders(request: Request, response: Response, next: NextFunction): void {
  response.removeHeader('Cache-Control');
  setHeaders(request, response, next);
}
