// What a file covers besides its days: whose play, seen through which scope and filters. A signature is over the bytes alone, so
// a file that left it unsaid could pass for the figures of something else.
import { REPORT_COVERAGE_COLUMNS, type ReportCoverageColumn } from '@playgate/contract';
import type { ReportHead } from './daily-report.ts';

type Coverage = Pick<ReportHead, 'mode' | 'zone' | 'scope' | 'filters'>;

const BETWEEN = '; ';
/** A scope in which nothing is, told apart from none. */
const NOTHING = '[]';

const listText = (list: readonly string[] | null): string | null =>
  list === null ? null : list.length === 0 ? NOTHING : list.join(BETWEEN);

/** In the order of `REPORT_COVERAGE_COLUMNS`. */
export function coverageCells({ filters, mode, scope, zone }: Coverage): readonly (string | null)[] {
  const cells: Readonly<Record<ReportCoverageColumn, string | null>> = {
    mode,
    zone,
    'scope.providerIds': listText(scope.providerIds),
    'scope.provinces': listText(scope.provinces),
    'filters.providerId': filters.providerId,
    'filters.gameId': filters.gameId,
    'filters.agentId': filters.agentId,
    'filters.province': filters.province,
  };
  return REPORT_COVERAGE_COLUMNS.map((name) => cells[name]);
}

/** Above everything else of a form of test worlds; null: it is of real play. */
export const testMark = (mode: Coverage['mode']): string | null =>
  mode === 'test' ? 'DỮ LIỆU THỬ NGHIỆM, KHÔNG PHẢI LƯỢT CHƠI THẬT / TEST DATA, NOT REAL PLAY' : null;

const WORDS = {
  vi: {
    head: 'Phạm vi',
    mode: { live: 'lượt chơi thật (live)', test: 'dữ liệu thử nghiệm (test)' },
    providers: 'nhà cung cấp',
    provinces: 'tỉnh, thành phố của điểm cung cấp',
    all: 'tất cả',
    nothing: 'không có',
    filters: 'Bộ lọc',
    unfiltered: 'không',
    filter: { providerId: 'nhà cung cấp', gameId: 'trò chơi', agentId: 'điểm cung cấp', province: 'tỉnh, thành phố' },
  },
  en: {
    head: 'Covers',
    mode: { live: 'real play (live)', test: 'test data (test)' },
    providers: 'providers',
    provinces: 'provinces of the agents',
    all: 'all',
    nothing: 'none',
    filters: 'Filters',
    unfiltered: 'none',
    filter: { providerId: 'provider', gameId: 'game', agentId: 'agent', province: 'province' },
  },
} as const;

/** Two lines for people: what is covered, and what it was filtered by. */
export function coverageLines({ filters, mode, scope }: Coverage, language: keyof typeof WORDS): readonly string[] {
  const words = WORDS[language];
  const told = (list: readonly string[] | null) =>
    list === null ? words.all : list.length === 0 ? words.nothing : list.join(', ');
  const filtered = (['providerId', 'gameId', 'agentId', 'province'] as const).flatMap((name) => {
    const value = filters[name];
    return value === null ? [] : [`${words.filter[name]} ${value}`];
  });
  const parts = [
    words.mode[mode],
    `${words.providers}: ${told(scope.providerIds)}`,
    `${words.provinces}: ${told(scope.provinces)}`,
  ];
  return [
    `${words.head}: ${parts.join(BETWEEN)}`,
    `${words.filters}: ${filtered.length === 0 ? words.unfiltered : filtered.join(BETWEEN)}`,
  ];
}
