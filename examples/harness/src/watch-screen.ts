// Both functions run in a page, before its game, so each stands alone. What a player sees comes off the screen; only the
// gateway's reason, which no player reads, is heard beside the game.
import type { StartResult } from '@playgate/sdk';
import type { Shown } from 'playgate-accept';

export interface Look {
  readonly rating: string | null;
  /** The end screen, or a refusal, is there. */
  readonly isOver: boolean;
  readonly shown: readonly Shown[];
  /** Of the canvas. */
  readonly picture: string | undefined;
}

declare global {
  var heardStop: { readonly kind: 'denial' | 'end'; readonly reason: string } | undefined;
  var lookAtScreen: () => Look;
}

/** Wraps `Playgate` of the script tag as soon as it is there. */
export function hearReasons(): void {
  interface Guard {
    startSession(options: object): Promise<StartResult>;
  }
  interface Sdk {
    createPlayGuard(options: object): Guard;
  }
  const startHeard = async (guard: Guard, options: object) => {
    const result = await guard.startSession(options);
    if (result.verdict === 'denied') globalThis.heardStop = { kind: 'denial', reason: result.reason };
    else
      result.session.on('ended', ({ reason }) => {
        globalThis.heardStop = { kind: 'end', reason };
      });
    return result;
  };
  let heard: Sdk | undefined;
  Object.defineProperty(globalThis, 'Playgate', {
    get: () => heard,
    set: (sdk: Sdk) => {
      const createPlayGuard = (options: object): Guard => {
        const guard = sdk.createPlayGuard(options);
        return { ...guard, startSession: (start) => startHeard(guard, start) };
      };
      heard = { ...sdk, createPlayGuard };
    },
  });
}

/** Gives the page a `lookAtScreen`, which notes every toast and end screen once. */
export function watchScreen(): void {
  const seen = new WeakSet<Element>();
  const shown: Shown[] = [];
  const note = (element: Element | null, entry: Omit<Shown, 'text'>) => {
    if (element === null || seen.has(element)) return;
    seen.add(element);
    shown.push({ ...entry, text: (element.querySelector('.sentence') ?? element).textContent });
  };
  globalThis.lookAtScreen = () => {
    const root = document.querySelector('playgate-overlay')?.shadowRoot;
    const part = (name: string) => root?.querySelector<HTMLElement>(`[part="${name}"]`) ?? null;
    for (const kind of ['warning', 'notice', 'save'] as const) note(part(kind), { kind });
    const isOver = root?.querySelector<HTMLDialogElement>('[part="end"]')?.open === true;
    const stop = globalThis.heardStop;
    if (isOver && stop !== undefined) note(part('card'), stop);
    const badge = part('badge');
    const rating = badge === null || badge.hidden ? null : badge.textContent;
    return { rating, isOver, shown, picture: document.querySelector('canvas')?.toDataURL() };
  };
}
