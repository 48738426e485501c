// The script-tag builds of the SDK, for pages of any origin:
//   /sdk/<version>/playgate.js   of exactly this version, for ever; with its hash in `integrity` nobody can put in another
//   /sdk/v1/playgate.js          the version that this gateway ships, for pages that take updates
//   /sdk/manifest.json           what there is, with the hashes
import { createHash } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import { brotliCompressSync, gzipSync } from 'node:zlib';
import { type Request, type Response, Router } from 'express';
import { Fault } from '../fault.ts';

export const SDK_FILES_PATH = '/sdk';
/** Of the contract that the script speaks. */
const CONTRACT_VERSION = 'v1';
/** Names as served, by those of the build. */
const SCRIPTS: Readonly<Record<string, string>> = {
  'playgate.js': 'playgate.global.js',
  'playgate-overlay.js': 'playgate-overlay.global.js',
  'playgate-tabs.js': 'playgate-tabs.global.js',
};
const NEVER_CHANGES = 'public, max-age=31536000, immutable';
/** An update reaches every page within an hour. */
const MAY_CHANGE = 'public, max-age=3600';

/** Best first. */
const ENCODINGS = ['br', 'gzip', 'identity'] as const;
type Encoding = (typeof ENCODINGS)[number];

interface Script {
  /** Compressed once; `integrity` is that of what a browser unpacks. */
  readonly bodies: Readonly<Record<Encoding, Buffer>>;
  /** As an `integrity` attribute has it. */
  readonly integrity: string;
}

interface SdkFiles {
  readonly version: string;
  readonly scripts: ReadonlyMap<string, Script>;
}

/** Files are read once, at the first request, and served byte for byte: their hashes hold for the package's own files too. */
export function sdkFiles(): Router {
  const router = Router();
  let files: SdkFiles | null = null;
  const shipped = () => (files ??= readFiles());
  router.use((_request, response, next) => {
    response.setHeader('Access-Control-Allow-Origin', '*');
    response.setHeader('Cross-Origin-Resource-Policy', 'cross-origin');
    next();
  });
  router.get('/manifest.json', (_request, response) => {
    response.setHeader('Cache-Control', MAY_CHANGE);
    response.json(manifestOf(shipped()));
  });
  router.get('/:version/:name', (request, response) => {
    const { params } = request;
    const { scripts, version } = shipped();
    const isExact = params.version === version;
    const script = isExact || params.version === CONTRACT_VERSION ? scripts.get(params.name) : undefined;
    if (script === undefined) throw new Fault('not_found', `This gateway ships version ${version} of the SDK.`);
    response.setHeader('Cache-Control', isExact ? NEVER_CHANGES : MAY_CHANGE);
    sendScript(request, response, script);
  });
  return router;
}

/** Express answers 304 where the entity tag fits. */
function sendScript(request: Request, response: Response, { bodies, integrity }: Script): void {
  const encoding = ENCODINGS.find((name) => request.acceptsEncodings(name) === name) ?? 'identity';
  response.setHeader('Vary', 'Accept-Encoding');
  response.setHeader('ETag', `"${integrity}-${encoding}"`);
  if (encoding !== 'identity') response.setHeader('Content-Encoding', encoding);
  response.type('text/javascript').send(bodies[encoding]);
}

function manifestOf({ scripts, version }: SdkFiles) {
  const files = [...scripts].map(([name, { bodies, integrity }]) => ({
    path: `${SDK_FILES_PATH}/${version}/${name}`,
    integrity,
    bytes: bodies.identity.length,
  }));
  return { version, files };
}

/** Those that are built. */
function readFiles(): SdkFiles {
  const manifestPath = createRequire(import.meta.url).resolve('@playgate/sdk/package.json');
  const { version } = JSON.parse(readFileSync(manifestPath, 'utf8')) as { readonly version: string };
  const dist = path.join(path.dirname(manifestPath), 'dist');
  const built = Object.entries(SCRIPTS).filter(([, file]) => existsSync(path.join(dist, file)));
  return { version, scripts: new Map(built.map(([name, file]) => [name, readScript(path.join(dist, file))])) };
}

function readScript(file: string): Script {
  const identity = readFileSync(file);
  const bodies = { identity, gzip: gzipSync(identity), br: brotliCompressSync(identity) };
  return { bodies, integrity: `sha384-${createHash('sha384').update(identity).digest('base64')}` };
}
