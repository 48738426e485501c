import { AUTH_KINDS, limits } from '@playgate/contract';
import { citationText, REFUSAL_REASONS, SESSION_END_REASONS } from '@playgate/policy';
import { describe, expect, it } from 'vitest';
import type { StatementFacts } from './statement-facts.ts';
import { statementText } from './statement-text.ts';
import { LOCALES } from './statement-words.ts';

const MINUTE_MS = 60_000;
const CITE = 'Decree 147/2024/ND-CP art. 39.1(e) (G1) and 48.1(e) (G2 to G4)';
/** A wall clock of 14 October 2026 in Vietnam. */
const at = (clock: string, date = '2026-10-14') => new Date(`${date}T${clock}+07:00`).toISOString();

type Session = StatementFacts['sessions'][number];
type Correction = StatementFacts['corrections'][number];
type Budget = StatementFacts['budgets'][number];

const SESSION: Session = {
  sessionId: 'ses_1',
  playerId: 'ply_1',
  gameId: 'garden',
  gameTitle: 'Star Garden',
  agentId: null,
  startedAt: at('10:00:00'),
  endedAt: at('11:00:00'),
  isOpen: false,
  endReason: 'daily_budget_spent',
  toldAtStart: null,
  warnedAt: null,
  limitReachedAt: null,
  endOrderedAt: null,
  acknowledgedAt: null,
  closedAt: null,
  timeToEnforceMs: null,
  overrunMs: 0,
  gaps: 0,
  source: 'live',
};
const LIMITED = { ...SESSION, limitReachedAt: at('11:00:00'), endOrderedAt: at('11:00:00') };
const BUDGET: Budget = {
  scope: 'game',
  gameId: 'garden',
  usedMs: 50 * MINUTE_MS,
  correctedMs: 0,
  limitMs: 60 * MINUTE_MS,
  ruleId: 'game-day',
  setBy: 'law',
  cite: CITE,
  citation: citationText(CITE),
  verified: true,
  isSpent: false,
};
const CORRECTION: Correction = {
  correctionId: 'cor_1',
  playerId: 'ply_1',
  kind: 'correction',
  date: '2026-10-14',
  gameId: 'garden',
  deltaMs: -10 * MINUTE_MS,
  bonusMs: 0,
  mendsError: true,
  reason: 'Error: the server was down',
  author: { role: 'secret', id: 'key_1' },
  madeAt: at('11:05:00'),
  undoes: null,
  undoneBy: null,
};
const GRANT = { ...CORRECTION, kind: 'grant', gameId: null, deltaMs: 0, mendsError: false } as const;
const DENIAL: StatementFacts['denials'][number] = {
  at: at('11:10:00'),
  gameId: 'garden',
  gameTitle: 'Star Garden',
  agentId: null,
  reason: 'daily_budget_spent',
  nextAllowedAt: at('00:00:00', '2026-10-15'),
  source: 'live',
};
const FACTS: StatementFacts = {
  playerId: 'ply_1',
  date: '2026-10-14',
  zone: 'Asia/Ho_Chi_Minh',
  asOf: at('08:00:00', '2026-10-16'),
  isOver: true,
  ageBand: '12_15',
  unlimited: false,
  totalMs: 50 * MINUTE_MS,
  correctedMs: 0,
  budgets: [],
  sessions: [],
  denials: [],
  corrections: [],
  policy: { id: 'vn-147-2024', version: 1, hash: '', title: '' },
};
const ADULT = { ageBand: 'adult', unlimited: true, totalMs: 0 } as const;

const write = (changes: Partial<StatementFacts>) => statementText({ ...FACTS, ...changes }, () => 'Star Garden');
/** The paragraph of the only entry, which stands before the closing one. */
const entry = (changes: Partial<StatementFacts>) => {
  const { en, vi } = write(changes);
  return { vi: vi.at(-2)!, en: en.at(-2)! };
};
const session = (changes: Partial<Session>, facts: Partial<StatementFacts> = {}) =>
  entry({ ...facts, sessions: [{ ...LIMITED, ...changes }] });
const correction = (changes: Partial<Correction>) => entry({ corrections: [{ ...CORRECTION, ...changes }] });

describe('a limit', () => {
  it('cites its rule in the language of the reader', () => {
    expect(entry({ budgets: [BUDGET] })).toEqual({
      vi: 'Trò chơi “Star Garden”: đã chơi 50 phút, trong ngày được chơi tối đa 1 giờ. Theo quy định tại điểm e khoản 1 Điều 39 (trò chơi G1) và điểm e khoản 1 Điều 48 (trò chơi G2 đến G4), Nghị định 147/2024/NĐ-CP.',
      en: 'The game “Star Garden”: 50 minutes played of at most 1 hour on this day. The rule: Decree 147/2024/ND-CP art. 39.1(e) (G1 games) and 48.1(e) (G2 to G4 games).',
    });
  });

  it('says that it is used up, that nobody checked its source, or that the guardian set it', () => {
    const spent = { ...BUDGET, gameId: null, usedMs: 60 * MINUTE_MS, isSpent: true };
    expect(entry({ budgets: [spent] }).vi).toContain(
      'cung cấp này: đã chơi 1 giờ, trong ngày được chơi tối đa 1 giờ. Đã hết giờ',
    );
    expect(entry({ budgets: [{ ...BUDGET, verified: false }] }).vi).toContain(
      'NĐ-CP (chưa đối chiếu với văn bản gốc).',
    );
    expect(entry({ budgets: [{ ...BUDGET, setBy: 'guardian' }] }).vi).toContain(
      'Mức này do cha, mẹ hoặc người giám hộ đặt.',
    );
    expect(entry({ budgets: [{ ...BUDGET, usedMs: 0 }] }).vi).toContain('đã chơi 0 phút');
  });
});

describe('a time of play', () => {
  it('that was limited says what was told when, and how late the game confirmed its end', () => {
    const told = { toldAtStart: { endsAt: at('11:00:00') }, warnedAt: at('10:45:00') };
    const confirmed = { acknowledgedAt: at('11:00:04'), closedAt: at('11:00:05'), timeToEnforceMs: 4_000 };
    expect(session({ ...told, ...confirmed })).toEqual({
      vi: 'Từ 10:00 đến 11:00: chơi “Star Garden”. Kết thúc vì đã hết thời gian chơi được phép trong ngày. Ngay khi bắt đầu, trò chơi đã được báo giờ phải dừng là 11:00. Lúc 10:45, trò chơi được báo là sắp hết giờ. Lúc 11:00, trò chơi được yêu cầu dừng. Trò chơi xác nhận đã dừng lúc 11:00, chậm 4 giây so với lúc hết giờ.',
      en: 'From 10:00 to 11:00: played “Star Garden”. It ended because the play time allowed for the day was used up. At the start the game was told to stop at 11:00. At 10:45 the game was told that time was running out. At 11:00 the game was told to stop. The game confirmed that it stopped at 11:00, 4 seconds after the time was up.',
    });
    expect(session({ ...confirmed, timeToEnforceMs: 999 }).vi).toMatch(/đã dừng lúc 11:00\.$/);
    expect(session({ ...confirmed, timeToEnforceMs: null }).en).toMatch(/stopped at 11:00\.$/);
    expect(session({ ...confirmed, timeToEnforceMs: 125_000 }).vi).toContain('chậm 2 phút 5 giây');
  });

  it('whose end the game never confirmed says so', () => {
    expect(session({}).vi).toMatch(/Đến nay trò chơi vẫn chưa xác nhận là đã dừng\.$/);
    expect(session({}).en).toMatch(/The game has not confirmed so far that it stopped\.$/);
    const closed = session({ closedAt: at('11:02:00') });
    expect(closed.vi).toMatch(/Trò chơi được đóng lúc 11:02 nhưng không xác nhận là đã dừng theo yêu cầu\.$/);
    expect(session({ endOrderedAt: null }).vi).not.toContain('xác nhận');
  });

  it('that went past the limit says for how long', () => {
    const { en, vi } = session({ overrunMs: 95_000 });
    expect(vi).toContain('Sau giờ phải dừng vẫn chơi thêm 1 phút 35 giây');
    expect(en).toContain('Play went on for 1 minute 35 seconds after it had to stop');
    expect(session({ overrunMs: 0 }).vi).not.toContain('vẫn chơi thêm');
  });

  it('whose end is unknown is not said to go on', () => {
    const open = { ...SESSION, endedAt: null, endReason: null };
    const unknown = entry({ ...ADULT, sessions: [open] });
    expect(unknown.vi).toBe(
      'Từ 10:00: chơi “Star Garden”. Không rõ kết thúc lúc nào, vì giờ chơi của người trưởng thành không được theo dõi.',
    );
    expect(unknown.en).toContain('It is not known when this ended, because the play of adults is not followed.');
    expect(entry({ ...ADULT, isOver: false, sessions: [open] }).vi).toContain('Không rõ còn chơi hay đã kết thúc, vì');
    expect(entry({ sessions: [open] }).vi).toBe('Từ 10:00: chơi “Star Garden”. Không rõ kết thúc lúc nào.');
    expect(entry({ sessions: [{ ...open, isOpen: true }] }).vi).toBe('Từ 10:00: đang chơi “Star Garden”.');
    expect(entry({ ...ADULT, sessions: [{ ...SESSION, endReason: 'session_closed' }] }).vi).toBe(
      'Từ 10:00 đến 11:00: chơi “Star Garden”. Kết thúc vì trò chơi được đóng lại.',
    );
  });

  it('of less than a minute has one time, and one over midnight the date of the other day', () => {
    const moment = session({ startedAt: at('16:00:10'), endedAt: at('16:00:40'), endOrderedAt: null });
    expect(moment.vi).toMatch(/^Lúc 16:00: chơi “Star Garden” chưa đến một phút\./);
    expect(moment.en).toMatch(/^At 16:00: played “Star Garden” for less than a minute\./);
    const night = { startedAt: at('23:40:00', '2026-10-13'), endedAt: at('00:20:00') };
    expect(session({ ...night, agentId: 'agt_1' }).vi).toContain(
      'Từ 23:40 ngày 13/10/2026 đến 00:20: chơi “Star Garden” tại điểm cung cấp dịch vụ trò chơi.',
    );
    expect(session(night).en).toContain('From 23:40 on 13 October 2026 to 00:20');
  });
});

describe('a correction', () => {
  it('names its author, its reason without its mark, and that it mends an error', () => {
    expect(correction({})).toEqual({
      vi: 'Lúc 11:05, nhà cung cấp trò chơi trừ 10 phút khỏi thời gian đã chơi “Star Garden” để sửa lỗi. Lý do: “the server was down”.',
      en: 'At 11:05 the provider of the game took 10 minutes off the time played in “Star Garden” to mend an error. Reason: “the server was down”.',
    });
    expect(correction({ deltaMs: 10 * MINUTE_MS, mendsError: false, reason: 'nhầm' }).vi).toBe(
      'Lúc 11:05, nhà cung cấp trò chơi cộng thêm 10 phút vào thời gian đã chơi “Star Garden”. Lý do: “nhầm”.',
    );
    expect(correction({ madeAt: at('09:00:00', '2026-10-15'), reason: null }).vi).toMatch(
      /^Lúc 09:00 ngày 15\/10\/2026, .* Lý do đã được xóa\.$/,
    );
    expect(correction({ ...GRANT, bonusMs: 30 * MINUTE_MS, author: { role: 'guardian', id: 'lnk_1' } }).vi).toContain(
      'Lúc 11:05, người giám hộ cho chơi thêm 30 phút trong ngày này, không vượt giới hạn của pháp luật.',
    );
    const names = AUTH_KINDS.map((role) => correction({ author: { role, id: null } }).vi.split(' trừ ')[0]);
    expect(names).not.toContain('Lúc 11:05, undefined');
  });

  it('and what takes it back name each other', () => {
    const undo = { ...CORRECTION, correctionId: 'cor_2', deltaMs: 10 * MINUTE_MS, madeAt: at('11:20:00') };
    const { en, vi } = write({
      corrections: [
        { ...undo, undoes: 'cor_1', reason: 'it was up', author: { role: 'operator', id: null } },
        { ...CORRECTION, undoneBy: 'cor_2' },
      ],
    });
    expect(vi.at(-3)).toMatch(/Lý do: “the server was down”\. Việc này sau đó đã bị hủy lúc 11:20\.$/);
    expect(vi.at(-2)).toBe(
      'Lúc 11:20, đơn vị vận hành hệ thống hủy lần điều chỉnh lúc 11:05: 10 phút lại được tính là đã chơi. Lý do: “it was up”.',
    );
    expect(en.at(-2)).toBe(
      'At 11:20 the operator of the system took back the correction made at 11:05: 10 minutes count as played again. Reason: “it was up”.',
    );
    const given = { ...GRANT, bonusMs: -30 * MINUTE_MS, undoes: 'cor_0' } as const;
    expect(entry({ corrections: [given] }).vi).toContain('thu lại 30 phút đã cho thêm trước đó.');
  });
});

describe('a statement', () => {
  it('tells everything in order of time', () => {
    const { vi } = write({
      sessions: [LIMITED, { ...SESSION, startedAt: at('11:30:00'), endedAt: at('11:40:00') }],
      denials: [DENIAL],
      corrections: [{ ...CORRECTION, madeAt: at('12:00:00') }, CORRECTION],
    });
    expect(vi.slice(2, -1).map((text) => text.slice(0, 9))).toEqual([
      'Từ 10:00 ',
      'Lúc 11:05',
      'Lúc 11:10',
      'Từ 11:30 ',
      'Lúc 12:00',
    ]);
  });

  it('of a day with more than can be read keeps its end', () => {
    const denials = Array.from({ length: 300 }, (_, index) => ({
      ...DENIAL,
      at: new Date(Date.parse(at('12:00:00')) + index * MINUTE_MS).toISOString(),
    }));
    for (const text of Object.values(write({ denials }))) {
      expect(text).toHaveLength(limits.STATEMENT_PARAGRAPHS_MAX);
      expect(text[2]).toMatch(/ 204 /);
      expect(text.at(-2)).toMatch(/16:59/);
    }
  });

  it('says up to when it goes while its day does, in the time of its zone', () => {
    const { en, vi } = write({ isOver: false, asOf: at('11:30:00') });
    expect(vi[0]).toBe(
      'Giờ chơi ngày 14/10/2026, tính từ 00:00 đến 24:00 theo giờ Việt Nam. Số liệu tính đến 11:30; ngày chưa kết thúc nên còn có thể thay đổi.',
    );
    expect(en[0]).toContain('Play time on 14 October 2026, counted from 00:00 to 24:00, Vietnam time.');
    expect(write({ zone: 'Asia/Tokyo' }).vi[0]).toContain('theo múi giờ Asia/Tokyo.');
    expect(write({ correctedMs: -10 * MINUTE_MS }).vi[1]).toBe(
      'Tổng thời gian chơi được tính: 50 phút (đã trừ 10 phút do điều chỉnh).',
    );
    expect(write({ totalMs: 0 }).vi[1]).toBe('Ngày này không có lượt chơi nào.');
  });

  it('sends an adult neither to a parent nor to the line for children', () => {
    for (const text of Object.values(write(ADULT)))
      expect(text.join(' ')).not.toMatch(/cha|mẹ|giám hộ|parent|guardian|111/);
    expect(write({}).vi.at(-1)).toContain('cha, mẹ, người giám hộ');
    expect(write({}).vi.at(-1)).toContain('111');
  });

  it('says every reason in its own language, addresses nobody and doubles no word', () => {
    for (const reason of [...REFUSAL_REASONS, ...SESSION_END_REASONS, 'own_word']) {
      const facts = { sessions: [{ ...SESSION, endReason: reason }], denials: [{ ...DENIAL, reason }] };
      const text = write({ ...facts, budgets: [BUDGET], corrections: [CORRECTION] });
      for (const locale of LOCALES) {
        const said = text[locale].join('\n');
        expect(said).not.toMatch(/undefined|null|NaN|error:/i);
        expect(said).not.toMatch(/(?<!\p{L})(\p{L}+) \1(?!\p{L})/u);
        expect(said).not.toMatch(/(?<!\p{L})(bạn|you|your)(?!\p{L})/iu);
      }
      const own = text.vi.join('\n').replaceAll('Star Garden', '').replace('the server was down', '');
      expect(own).not.toMatch(/\b(the|and|was|because|Decree|art)\b/);
    }
  });
});
