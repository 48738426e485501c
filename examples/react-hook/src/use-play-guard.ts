// Play as React sees it: one value, from "asking" to "ended". Take this file into your own app.
import {
  createPlayGuard,
  type Denial,
  type EndedEvent,
  type PlayGuardOptions,
  type PlaySession,
  type RemainingNow,
} from '@playgate/sdk/browser';
import { useEffect, useState } from 'react';

/** Long enough to read it twice. */
const NOTICE_SHOWN_MS = 20_000;

export interface NoticeTexts {
  readonly vi: string;
  readonly en: string;
}

export type Play =
  | { readonly status: 'starting' }
  | { readonly status: 'denied'; readonly denial: Denial }
  | {
      readonly status: 'playing';
      readonly session: PlaySession;
      readonly remaining: RemainingNow;
      /** Text the law wants shown, in its own Vietnamese words and translated; null: none now. */
      readonly notice: NoticeTexts | null;
      /** The end is near: save now. */
      readonly mustSave: boolean;
    }
  | { readonly status: 'ended'; readonly end: EndedEvent }
  | { readonly status: 'broken'; readonly error: unknown };

const STARTING: Play = { status: 'starting' };

/**
 * Starts a session when the component appears and ends it when the component goes.
 * @param options and @param ageToken changed: another session. Keep `options` the same object between renders
 */
export function usePlayGuard(options: PlayGuardOptions, ageToken: string): Play {
  const [play, setPlay] = useState<Play>(STARTING);
  useEffect(() => {
    setPlay(STARTING);
    return follow(options, ageToken, setPlay);
  }, [options, ageToken]);
  return play;
}

function follow(options: PlayGuardOptions, ageToken: string, setPlay: (play: Play) => void): () => void {
  let isGone = false;
  let session: PlaySession | null = null;
  const tell = (play: Play) => isGone || setPlay(play);
  // In a later turn: strict mode mounts twice at once, and only the second one stays.
  void Promise.resolve()
    .then(() => (isGone ? null : createPlayGuard(options).startSession({ ageToken })))
    .then((start) => {
      if (start === null) return;
      if (start.verdict === 'denied') return tell({ status: 'denied', denial: start });
      session = start.session;
      if (isGone) void session.end();
      else listen(session, tell);
    })
    .catch((error: unknown) => tell({ status: 'broken', error }));
  return () => {
    isGone = true;
    void session?.end();
  };
}

function listen(session: PlaySession, tell: (play: Play) => void): void {
  let notice: NoticeTexts | null = null;
  let noticeTimer: ReturnType<typeof setTimeout> | undefined;
  let mustSave = false;
  const update = () => tell({ status: 'playing', session, remaining: session.getRemaining(), notice, mustSave });
  const showNotice = (texts: NoticeTexts | null) => {
    clearTimeout(noticeTimer);
    if (texts !== null) noticeTimer = setTimeout(() => showNotice(null), NOTICE_SHOWN_MS);
    notice = texts;
    update();
  };
  session.on('notice', ({ texts }) => showNotice(texts));
  session.on('limitReached', () => {
    mustSave = true;
    update();
  });
  session.on('extended', () => {
    mustSave = false;
    update();
  });
  for (const type of ['tick', 'warning', 'paused', 'resumed', 'dayReset', 'offline', 'online'] as const) {
    session.on(type, update);
  }
  session.on('ended', (end) => {
    clearTimeout(noticeTimer);
    tell({ status: 'ended', end });
  });
  update();
}
