// Requests and replies as they look on the wire, for the document. A test holds them to the schemas.
import type { OperationId } from './registry.ts';

export interface OperationExample {
  readonly request?: unknown;
  readonly replies: Readonly<Record<number, unknown>>;
}

const HASH = '0f3f2f0c1b6d5f3a9e8c7b6a5d4e3f201102938475665748392a1b0c9d8e7f60';
const POLICY = { id: 'vn-147-2024', version: 1, hash: HASH };
const GAME_RULE = { id: 'vn-game-day', scope: 'game', limitMs: 3_600_000 };
const AGE_TOKEN = 'eyJ0eXAiOiJhZ2Urand0In0.eyJhZ2VfYmFuZCI6IjE2XzE3In0.c2lnbmF0dXJl';
const SESSION_TOKEN = 'eyJ0eXAiOiJzZXNzaW9uK2p3dCJ9.eyJzdWIiOiJzZXNfMDE3In0.c2lnbmF0dXJl';
const SPENT = {
  vi: 'Hôm nay em đã chơi đủ 60 phút trò này. Hẹn gặp lại vào ngày mai!',
  en: 'You have played this game for 60 minutes today. See you tomorrow!',
};
const GAME = { gameId: 'star-garden', title: 'Star Garden', class: 'G1', rating: '12+', policyId: 'vn-147-2024' };

const ALLOWANCE = {
  serverAt: '2026-11-20T12:30:00.000Z',
  unlimited: false,
  remainingMs: 1_500_000,
  endsAt: '2026-11-20T12:55:00.000Z',
  bindingRule: GAME_RULE,
  nextAllowedAt: '2026-11-20T17:00:00.000Z',
  used: { gameMs: 2_100_000, providerMs: 2_700_000 },
  nextHeartbeatMs: 30_000,
  leaseExpiresAt: '2026-11-20T12:31:30.000Z',
  warningsMs: [900_000, 300_000, 60_000],
  notices: [
    {
      id: 'health',
      everyMs: 1_800_000,
      text: {
        vi: 'Chơi quá 180 phút một ngày sẽ ảnh hưởng xấu đến sức khỏe',
        en: 'Playing more than 180 minutes a day is bad for your health',
      },
    },
  ],
  rating: '12+',
  policy: POLICY,
  source: 'live',
};

const VERIFICATION = {
  verificationId: 'ver_8sKq1ZpX',
  playerId: 'ply_Jw2vT9aE',
  status: 'complete',
  outcome: 'verified',
  ageBand: '16_17',
  assurance: 'attested',
  ageToken: AGE_TOKEN,
  ageTokenExpiresAt: '2026-11-21T12:30:00.000Z',
};

const CLOCK = { frozen: true, now: '2026-11-20T12:30:00.000Z' };

export const EXAMPLES: Readonly<Record<string, OperationExample>> = {
  createProvider: { request: { name: 'Sao Mai Games' }, replies: { 201: { providerId: 'prv_5dN2mQ' } } },
  issueKey: {
    request: { kind: 'secret', mode: 'test' },
    replies: { 201: { keyId: 'key_3hT7', key: 'sk_test_shown_once' } },
  },
  createGame: { request: { title: 'Star Garden', class: 'G1', rating: '12+' }, replies: { 201: GAME } },
  listGames: { replies: { 200: { games: [GAME] } } },
  createAgeVerification: {
    request: {
      playerRef: 'account-1042',
      method: 'attested',
      birthDate: '2009-05-17',
      phone: '+84912345678',
      phoneVerified: true,
    },
    replies: { 201: VERIFICATION },
  },
  getAgeVerification: { replies: { 200: VERIFICATION } },
  completePresentation: {
    request: { presentation: 'eyJhbGciOiJFUzI1NiJ9.e30.c2ln~WyJzYWx0Il0~eyJhbGciOiJFUzI1NiJ9.e30.c2ln' },
    replies: { 200: { ...VERIFICATION, assurance: 'wallet' } },
  },
  openSession: {
    request: { ageToken: AGE_TOKEN, gameId: 'star-garden', device: { id: 'dev-1', platform: 'android' } },
    replies: {
      200: {
        verdict: 'denied',
        reason: 'daily_budget_spent',
        bindingRule: GAME_RULE,
        nextAllowedAt: '2026-11-20T17:00:00.000Z',
        conflicts: [],
        message: SPENT,
        serverAt: '2026-11-20T12:55:00.000Z',
        source: 'live',
        used: { gameMs: 3_600_000, providerMs: 4_200_000 },
        rating: '12+',
        policy: POLICY,
      },
      201: { verdict: 'play', sessionId: 'ses_017_9fKx2', sessionToken: SESSION_TOKEN, ...ALLOWANCE },
    },
  },
  recordHeartbeat: {
    request: { seq: 12, state: 'active' },
    replies: { 200: { verdict: 'continue', seq: 12, ...ALLOWANCE } },
  },
  recordHeartbeats: {
    request: {
      beats: [
        { sessionId: 'ses_017_9fKx2', seq: 12, state: 'active' },
        { sessionId: 'ses_unknown', seq: 1, state: 'active' },
      ],
    },
    replies: {
      200: {
        serverAt: '2026-11-20T12:30:00.000Z',
        results: [
          {
            sessionId: 'ses_017_9fKx2',
            seq: 12,
            verdict: 'continue',
            remainingMs: 1_500_000,
            endsAt: '2026-11-20T12:55:00.000Z',
            bindingRule: { id: 'game-day', scope: 'game', limitMs: 3_600_000 },
            nextHeartbeatMs: 30_000,
            leaseExpiresAt: '2026-11-20T12:31:30.000Z',
          },
          { sessionId: 'ses_unknown', code: 'not_found' },
        ],
      },
    },
  },
  closeSession: {
    request: { seq: 40, reason: 'limit', enforcement: { verdictSeq: 39, endedAt: '2026-11-20T12:55:02.000Z' } },
    replies: {
      200: {
        closedAt: '2026-11-20T12:55:02.000Z',
        reason: 'limit',
        used: { gameMs: 3_600_000, providerMs: 4_200_000 },
        timeToEnforceMs: 2_000,
      },
    },
  },
  getPlaytime: {
    replies: {
      200: {
        playerId: 'ply_Jw2vT9aE',
        date: '2026-11-20',
        zone: 'Asia/Ho_Chi_Minh',
        totalMs: 2_400_000,
        correctedMs: 0,
        games: [
          {
            gameId: 'star-garden',
            title: 'Star Garden',
            usedMs: 2_400_000,
            correctedMs: 0,
            intervals: [{ startedAt: '2026-11-20T12:00:00.000Z', endedAt: '2026-11-20T12:40:00.000Z' }],
          },
        ],
        limitReachedAt: null,
        policy: POLICY,
      },
    },
  },
  getMe: {
    replies: {
      200: {
        roles: ['provider'],
        subject: { subjectId: 'prv_5dN2mQ', mode: 'live' },
        person: { issuer: 'https://id.example', subject: '248289761001' },
        csrfToken: 'pV3sJ2mZr0aYf1c9bQwK7dXhN4tLgE8uSoIv5RyTqMk',
        expiresAt: '2026-11-20T13:30:00.000Z',
      },
    },
  },
  listAgentSessions: {
    replies: {
      200: {
        sessions: [
          {
            sessionId: 'ses_017xKq2mV',
            stationId: 'sta_4mBq0sYw2K',
            stationLabel: 'Máy 7',
            providerId: 'prv_5dN2mQ',
            mode: 'live',
            playerId: 'ply_Jw2vT9aE',
            gameId: 'star-garden',
            ageBand: '16_17',
            startedAt: '2026-11-20T12:00:00.000Z',
            lastBeatAt: '2026-11-20T12:29:45.000Z',
            endsAt: '2026-11-20T13:00:00.000Z',
            remainingMs: 1_800_000,
            state: 'active',
          },
        ],
      },
    },
  },
  endAgentSession: {
    request: { reason: 'closing' },
    replies: { 200: { sessionId: 'ses_017xKq2mV', endedAt: '2026-11-20T12:30:00.000Z', wasOver: false } },
  },
  getAgentAccessLog: {
    replies: {
      200: {
        from: '2026-11-20',
        to: '2026-11-20',
        zone: 'Asia/Ho_Chi_Minh',
        rows: [
          {
            licenceNo: 'HN-0042',
            station: 'Máy 7',
            playerId: 'ply_Jw2vT9aE',
            ageBand: '16_17',
            gameId: 'star-garden',
            startedAt: '2026-11-20T12:00:00.000Z',
            endedAt: '2026-11-20T12:30:00.000Z',
            endReason: 'agent_ended',
            deniedReason: null,
            stationId: 'sta_4mBq0sYw2K',
            providerId: 'prv_5dN2mQ',
            mode: 'live',
            sessionId: 'ses_017xKq2mV',
            endNote: 'closing',
          },
        ],
        nextCursor: null,
      },
    },
  },
  freezeSandboxClock: { request: { now: '2026-11-20T19:30:00+07:00' }, replies: { 200: CLOCK } },
  advanceSandboxClock: { request: { ms: 600_000 }, replies: { 200: CLOCK } },
} satisfies Partial<Record<OperationId, OperationExample>>;
