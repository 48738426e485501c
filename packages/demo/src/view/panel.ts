// The figures beside the game: what the SDK says is left, and why.
import type { DemoRule } from '../demo-api.ts';
import { formatCountdown, formatUsed } from '../format.ts';
import { texts } from '../language.ts';
import type { Play } from '../play/play.ts';
import { byId, setText } from './dom.ts';
import { citeOf, describeRule } from './rule-words.ts';

const EMPTY = '–';
/** Below this the countdown is coloured: the first warning of the policy shipped. */
const NEAR_MS = 15 * 60_000;
const CLOSE_MS = 60_000;

export class Panel {
  readonly #play: Play;
  readonly #rules: readonly DemoRule[];
  readonly #remaining = byId('remaining', HTMLOutputElement);
  readonly #hudRemaining = byId('hud-remaining', HTMLOutputElement);
  readonly #meter = byId('meter', HTMLElement);
  readonly #usedGame = byId('used-game', HTMLElement);
  readonly #usedAll = byId('used-all', HTMLElement);
  readonly #state = byId('state', HTMLElement);
  readonly #nextBeat = byId('next-beat', HTMLElement);
  readonly #policy = byId('policy', HTMLElement);
  readonly #rule = byId('rule', HTMLElement);
  readonly #cite = byId('rule-cite', HTMLElement);
  readonly #pause = byId('pause', HTMLButtonElement);
  readonly #end = byId('end', HTMLButtonElement);

  constructor(play: Play, rules: readonly DemoRule[]) {
    this.#play = play;
    this.#rules = rules;
  }

  /** `now`: sandbox time. */
  render(now: number): void {
    const { stage } = this.#play;
    const isPlaying = stage.kind === 'playing';
    this.#renderRemaining();
    this.#renderRule();
    setText(this.#state, this.#stateText());
    const { nextBeatAt } = this.#play;
    const beat = isPlaying ? this.#beatText(nextBeatAt === null ? null : nextBeatAt - now) : EMPTY;
    setText(this.#nextBeat, beat);
    this.#pause.disabled = !isPlaying;
    this.#end.disabled = !isPlaying;
    const isPaused = this.#play.session?.getRemaining().phase === 'paused';
    setText(this.#pause, isPlaying && isPaused ? texts().page.resume : texts().page.pause);
  }

  #renderRemaining(): void {
    const { session, stage } = this.#play;
    const left = session?.getRemaining() ?? null;
    const denied = stage.kind === 'denied' ? stage.denial : null;
    const used = left?.used ?? denied?.used ?? null;
    const usedText = (ms: number) => (left?.unlimited ? texts().notCounted : formatUsed(ms));
    setText(this.#usedGame, used === null ? EMPTY : usedText(used.gameMs));
    setText(this.#usedAll, used === null ? EMPTY : usedText(used.providerMs));
    const remainingMs = left?.remainingMs ?? (denied?.reason === 'daily_budget_spent' ? 0 : null);
    const words = remainingMs === null ? (left?.unlimited ? texts().unlimited : EMPTY) : formatCountdown(remainingMs);
    setText(this.#remaining, words);
    setText(this.#hudRemaining, stage.kind === 'playing' ? words : '');
    this.#hudRemaining.hidden = stage.kind !== 'playing';
    const limitMs = (left?.bindingRule ?? denied?.bindingRule)?.limitMs ?? null;
    const share = remainingMs === null || limitMs === null ? 0 : 1 - Math.min(1, remainingMs / limitMs);
    this.#meter.style.inlineSize = `${(share * 100).toFixed(2)}%`;
    const level = remainingMs === null || remainingMs > NEAR_MS ? 'calm' : remainingMs > CLOSE_MS ? 'near' : 'close';
    for (const shown of [this.#remaining, this.#hudRemaining]) shown.dataset.level = level;
    this.#meter.dataset.level = level;
    this.#remaining.dataset.words = String(remainingMs === null);
  }

  #renderRule(): void {
    const { allowance, session, stage } = this.#play;
    const left = session?.getRemaining();
    const binding = stage.kind === 'denied' ? stage.denial.bindingRule : (left?.bindingRule ?? null);
    const policy = stage.kind === 'denied' ? stage.denial.policy : allowance?.policy;
    setText(this.#policy, policy === undefined ? EMPTY : `${policy.id} · v${policy.version}`);
    const without = left?.unlimited ? texts().noLimit : stage.kind === 'denied' ? EMPTY : texts().noRuleYet;
    setText(this.#rule, binding === null ? without : describeRule(binding));
    setText(this.#cite, binding === null ? '' : citeOf(this.#rules, binding.id));
  }

  #stateText(): string {
    const { session, stage } = this.#play;
    if (stage.kind !== 'playing' || session === null) return stageText(stage.kind);
    const { isOffline, phase } = session.getRemaining();
    const { offline, phase: phases } = texts();
    return isOffline ? `${phases[phase]}, ${offline}` : phases[phase];
  }

  #beatText(leftMs: number | null): string {
    return leftMs === null ? texts().notNeeded : texts().atMost(formatCountdown(Math.max(0, leftMs)));
  }
}

function stageText(kind: Play['stage']['kind']): string {
  return kind === 'playing' ? texts().phase.playing : texts().stageOf[kind];
}
