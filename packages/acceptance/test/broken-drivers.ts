// Integrations that get one thing wrong each, as games do: the reference with something taken away.
import { createReferenceDriver, type Driver, type Play, type PlayState } from '../src/index.ts';

type Breaking = (play: Play) => Play;

function brokenDriver(name: string, breakPlay: Breaking): Driver {
  const reference = createReferenceDriver();
  return { ...reference, name, start: async (request) => breakPlay(await reference.start(request)) };
}

const seenAs = (change: (state: PlayState) => PlayState): Breaking => {
  return (play) => ({ ...play, state: async () => change(await play.state()) });
};

const without = (kind: PlayState['shown'][number]['kind']) =>
  seenAs((state) => ({ ...state, shown: state.shown.filter((entry) => entry.kind !== kind) }));

/** Tells the player that play is over and lets it go on. */
export const playsOn = () => {
  return brokenDriver(
    'plays on',
    seenAs((state) => ({ ...state, playing: state.playing || state.shown.some(({ kind }) => kind === 'end') })),
  );
};

export const hidesNotices = () => brokenDriver('hides notices', without('notice'));
export const hidesDenials = () => brokenDriver('hides denials', without('denial'));
export const hidesRating = () =>
  brokenDriver(
    'hides the rating',
    seenAs((state) => ({ ...state, rating: null })),
  );
/** The game is gone, the session is not: it is left to its lease. */
export const leavesWithoutClosing = () =>
  brokenDriver('leaves without closing', (play) => ({ ...play, end: async () => {} }));

/** Takes the end of the lease for a fault of the network and lets play go on. */
export const trustsNoLease = () =>
  brokenDriver(
    'trusts no lease',
    seenAs((state) => ({
      ...state,
      playing: state.playing || state.shown.some(({ reason }) => reason === 'ledger_unavailable'),
    })),
  );

/** A translation in place of the law's sentence. */
export const translatesNotices = () =>
  brokenDriver(
    'translates notices',
    seenAs((state) => ({
      ...state,
      shown: state.shown.map((entry) =>
        entry.kind === 'notice'
          ? { ...entry, text: 'Playing more than 180 minutes a day will harm your health' }
          : entry,
      ),
    })),
  );

/** Sends the player off at the first request that fails. */
export function endsWithTheNetwork(): Driver {
  const reference = createReferenceDriver();
  return {
    ...reference,
    name: 'ends with the network',
    start: async (request) => {
      const play = await reference.start(request);
      let isThere = true;
      return {
        ...play,
        state: async () => {
          isThere &&= await fetch(request.gatewayUrl).then(
            () => true,
            () => false,
          );
          const state = await play.state();
          const end = { kind: 'end', text: 'Mất kết nối', reason: 'ledger_unavailable' } as const;
          return isThere ? state : { ...state, playing: false, shown: [...state.shown, end] };
        },
      };
    },
  };
}

/** Believes the first answer about the time left and never another one. */
export function countsByItself(): Driver {
  const reference = createReferenceDriver();
  const believedMs = 75_000;
  let now = 0;
  return {
    ...reference,
    name: 'counts by itself',
    advance: async (ms) => {
      now += ms;
      await reference.advance?.(ms);
    },
    start: async (request) => {
      const play = await reference.start(request);
      const endsAt = now + believedMs;
      return seenAs((state) => ({ ...state, playing: state.playing && now < endsAt }))(play);
    },
  };
}
