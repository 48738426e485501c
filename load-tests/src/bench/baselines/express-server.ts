// The baseline of S2: what one writes first. Express with its JSON parser, the token verified by jose on every request, the
// input checked by zod, one EVALSHA. It takes the same requests as the gateway, and decides nothing.
//   BENCH_PORT, BENCH_REDIS_URL, BENCH_TOKEN_KEY (hex), BENCH_ISSUER
import { createSecretKey } from 'node:crypto';
import express from 'express';
import { jwtVerify } from 'jose';
import * as z from 'zod';
import { openScript } from './open-script.ts';

const { BENCH_ISSUER, BENCH_PORT, BENCH_REDIS_URL, BENCH_TOKEN_KEY } = process.env;
const recordBeat = openScript(BENCH_REDIS_URL!);
const key = createSecretKey(Buffer.from(BENCH_TOKEN_KEY!, 'hex'));

const claims = z.object({ sid: z.string(), prv: z.string(), mode: z.enum(['test', 'live']) });
const heartbeat = z.strictObject({ seq: z.int().min(0), state: z.enum(['active', 'paused']) });

const app = express();
app.use(express.json());
app.post('/v1/sessions/:sessionId/heartbeats', async (request, response) => {
  const token = request.headers.authorization?.slice('Bearer '.length) ?? '';
  const { payload } = await jwtVerify(token, key, { algorithms: ['HS256'], issuer: BENCH_ISSUER!, typ: 'session+jwt' });
  const { mode, prv, sid } = claims.parse(payload);
  const { seq } = heartbeat.parse(request.body);
  if (sid !== request.params.sessionId) {
    response.status(403).json({ code: 'forbidden' });
    return;
  }
  const [status, usedMs] = await recordBeat(`pg2:{p${sid.slice(4, 7)}}:s:${sid}`, `${mode}:${prv}`, seq);
  response.json({ status, usedMs });
});
app.listen(Number(BENCH_PORT), '127.0.0.1');
