-- Shared by the scripts that include it: sessions, days and entries in Redis. Not a script of its own.
-- The arithmetic is packages/policy/src/accrue.ts; a differential property test holds the two equal.
-- Numbers come in and go out; there are no ages, weekdays or texts here, and no TIME: `now` is an argument.
-- Keys other than the session's are built from its partition prefix `pg1:{pNNN}:`, so all share one slot.
--
-- Session hash. Each field is kept within 64 bytes, so that Redis (hash-max-listpack-value) keeps the hash in one compact block:
--   i  lines of text: wo world, pe person, op opened
--   g  lines of text: py player, ga game, bd band
--   a  lines of text: ag agent, st station, hu human ('': none)
--   c  cx, the context (longer for a child with many rules of a guardian)
--   p  plan: dd date (10 characters), mt metered + 2 x at attended, ds de day, vu validUntil, sa stopsAt, lg lp la lx limits, wm warn,
--      iv interval, le lease, rv revive
--   s  state: sq seq, sx active + 2 x wa warned, lb lastBeat, rs runStarts, rl its leased ms, ea ended, li limitAt, ov overrun, gp gaps,
--      ca closed, ce client's end
--   e  lines of text: ec cause, cr close reason
-- In tables an absent instant or limit is -1. Packed, instants are 6 bytes with 0 for none, lengths 4 bytes.
-- Day hash: field g:<game>, p, a:<agent> -> used ms, then (start, end) pairs relative to the day's start, each 4 bytes
-- big endian; a field `t0` holds the day's start, fields m:<person> what came over from another person, in the same form, and
-- `known` the epoch (epoch.lua) since which the day is known whole.
-- The day of a human over all providers is a hash of its own with the
-- field x; it lies in the same partition.

local PLAN = { 'dd', 'mt', 'at', 'ds', 'de', 'vu', 'sa', 'lg', 'lp', 'la', 'lx', 'wm', 'iv', 'le', 'rv' }
local PLAN_FORMAT = '>BI6I4I4I6i4i4i4i4i4I4I4I4'
local STATE_FORMAT = '>I4BI6I6I4I6I6I5I4I6i8'
local THREE_LINES = '^([^\n]*)\n([^\n]*)\n([^\n]*)$'
local DATE_LENGTH = 10
local ENTRY_PREFIX_END = '}:'
local NO_CLIENT_END = -1

local function packed(instant) return instant < 0 and 0 or instant end
local function unpacked(instant) return instant == 0 and -1 or instant end

local function pack_plan(s)
  return s.dd .. struct.pack(PLAN_FORMAT, s.mt + 2 * s.at, s.ds, s.de - s.ds, s.vu - s.ds, packed(s.sa), s.lg, s.lp, s.la, s.lx, s.wm,
    s.iv, s.le, s.rv)
end

local function pack_state(s)
  return struct.pack(STATE_FORMAT, s.sq, s.sx + 2 * s.wa, s.lb, packed(s.rs), s.rl, packed(s.ea), packed(s.li), s.ov, s.gp, packed(s.ca),
    s.ce)
end

local function lines(first, second, third) return first .. '\n' .. second .. '\n' .. third end

local function load_session(key)
  local values = redis.call('HMGET', key, 'i', 'g', 'a', 'c', 'p', 's', 'e')
  if not values[1] then return nil end
  local s = { key = key, cx = values[4], raw_plan = values[5], raw_state = values[6], raw_end = values[7], seen = {} }
  s.wo, s.pe, s.op = string.match(values[1], THREE_LINES)
  s.py, s.ga, s.bd = string.match(values[2], THREE_LINES)
  s.ag, s.st, s.hu = string.match(values[3], THREE_LINES)
  s.dd = string.sub(values[5], 1, DATE_LENGTH)
  local length, validity
  s.mt, s.ds, length, validity, s.sa, s.lg, s.lp, s.la, s.lx, s.wm, s.iv, s.le, s.rv = struct.unpack(PLAN_FORMAT, values[5], DATE_LENGTH + 1)
  s.mt, s.at = s.mt % 2, s.mt >= 2 and 1 or 0
  s.de, s.vu, s.sa = s.ds + length, s.ds + validity, unpacked(s.sa)
  s.sq, s.sx, s.lb, s.rs, s.rl, s.ea, s.li, s.ov, s.gp, s.ca, s.ce = struct.unpack(STATE_FORMAT, values[6])
  s.sx, s.wa = s.sx % 2, s.sx >= 2 and 1 or 0
  s.rs, s.ea, s.li, s.ca = unpacked(s.rs), unpacked(s.ea), unpacked(s.li), unpacked(s.ca)
  s.ec, s.cr = string.match(values[7], '^([^\n]*)\n(.*)$')
  local _, stop = string.find(key, ENTRY_PREFIX_END, 1, true)
  s.prefix = string.sub(key, 1, stop)
  s.id = string.sub(key, stop + 3)
  return s
end

local function day_key(s, date, owner) return s.prefix .. 'd:' .. (owner or s.pe) .. ':' .. date end

-- An instant or length as an integer string: tostring would give 1.7e+12.
local function int(value) return string.format('%.0f', value) end

local function save_session(s)
  local state, plan, ending = pack_state(s), pack_plan(s), s.ec .. '\n' .. s.cr
  local changed = {}
  if state ~= s.raw_state then changed[1], changed[2] = 's', state end
  if plan ~= s.raw_plan then changed[#changed + 1] = 'p'; changed[#changed + 1] = plan end
  if ending ~= s.raw_end then changed[#changed + 1] = 'e'; changed[#changed + 1] = ending end
  if #changed > 0 then redis.call('HSET', s.key, unpack(changed)) end
end

-- A live world's keys end at an instant; a test world's clock may stand in the past, so they end after real time.
local function set_expiry(key, s, day_ends, keep_ms)
  if string.sub(s.wo, 1, 1) == 'l' then
    redis.call('PEXPIREAT', key, int(day_ends + keep_ms))
  else
    redis.call('PEXPIRE', key, int(keep_ms))
  end
end

-- Stream entry: what happened, and whose it was.
local function note(s, kind, ...)
  redis.call('XADD', s.prefix .. 'ev', '*', 'kind', kind, 'session', s.id, 'world', s.wo, 'person', s.pe, 'player', s.py,
    'game', s.ga, 'agent', s.ag, 'station', s.st, 'band', s.bd, 'context', s.cx, ...)
end

local function close_smallest_gap(pairs_)
  local at, smallest = 2, math.huge
  for i = 2, #pairs_ do
    local gap = pairs_[i][1] - pairs_[i - 1][2]
    if gap < smallest then smallest = gap; at = i end
  end
  pairs_[at - 1][2] = pairs_[at][2]
  table.remove(pairs_, at)
end

local function pack_pairs(pairs_)
  local used, parts = 0, {}
  for i = 1, #pairs_ do
    used = used + pairs_[i][2] - pairs_[i][1]
    parts[i] = struct.pack('>I4I4', pairs_[i][1], pairs_[i][2])
  end
  return struct.pack('>I4', used) .. table.concat(parts), used
end

local function merge_slow(value, from, to, intervals_max)
  local merged, placed = {}, false
  for at = 5, #value, 8 do
    local start, stop = struct.unpack('>I4I4', value, at)
    if stop < from then
      merged[#merged + 1] = { start, stop }
    elseif start > to then
      if not placed then merged[#merged + 1] = { from, to }; placed = true end
      merged[#merged + 1] = { start, stop }
    else
      from = math.min(from, start)
      to = math.max(to, stop)
    end
  end
  if not placed then merged[#merged + 1] = { from, to } end
  if #merged > intervals_max then close_smallest_gap(merged) end
  return pack_pairs(merged)
end

-- Union of an account's packed intervals with [from, to). Growing or appending the last interval is the usual case.
local function add_interval(value, from, to, intervals_max)
  if not value or #value < 12 then return struct.pack('>I4I4I4', to - from, from, to), to - from end
  local used = struct.unpack('>I4', value)
  local last_from, last_to = struct.unpack('>I4I4', value, #value - 7)
  if from >= last_from and from <= last_to then
    if to <= last_to then return value, used end
    used = used + to - last_to
    return struct.pack('>I4', used) .. string.sub(value, 5, -5) .. struct.pack('>I4', to), used
  end
  if from > last_to and (#value - 4) / 8 < intervals_max then
    used = used + to - from
    return struct.pack('>I4', used) .. string.sub(value, 5) .. struct.pack('>I4I4', from, to), used
  end
  return merge_slow(value, from, to, intervals_max)
end

local function used_of(value)
  if not value or #value < 4 then return 0 end
  return (struct.unpack('>I4', value))
end

local function accounts_of(s)
  if s.ag ~= '' then return { 'g:' .. s.ga, 'p', 'a:' .. s.ag } end
  return { 'g:' .. s.ga, 'p' }
end

-- Adds [from, to) to accounts of a day; used ms by account.
local function add_to_day(s, key, accounts, day_starts, day_ends, from, to, limits)
  local values = redis.call('HMGET', key, 't0', unpack(accounts))
  local changed, used = {}, {}
  for i = 1, #accounts do
    local value = values[i + 1]
    local grown, total = add_interval(value, from - day_starts, to - day_starts, limits.intervals_max)
    used[i] = total
    if i == 1 then used.packed = grown end
    if grown ~= value then
      changed[#changed + 1] = accounts[i]
      changed[#changed + 1] = grown
    end
  end
  if not values[1] then
    changed[#changed + 1] = 't0'
    changed[#changed + 1] = int(day_starts)
  end
  if #changed > 0 then redis.call('HSET', key, unpack(changed)) end
  if not values[1] then set_expiry(key, s, day_ends, limits.keep_ms) end
  return used
end

-- Adds [from, to) clipped to the day to every account of the session.
local function add_play(s, date, day_starts, day_ends, from, to, limits, leased)
  from = math.max(from, day_starts)
  to = math.min(to, day_ends)
  if from >= to then return end
  if leased then s.rl = s.rl + to - from end
  local used = add_to_day(s, day_key(s, date), accounts_of(s), day_starts, day_ends, from, to, limits)
  used[3] = used[3] or 0
  used[4] = s.hu == '' and 0 or add_to_day(s, day_key(s, date, s.hu), { 'x' }, day_starts, day_ends, from, to, limits)[1]
  s.seen[date] = used
end

-- Used ms of the session's day: game, provider, agent, person over all providers. What was just added is not read again.
local function read_used(s)
  local used = s.seen[s.dd]
  if not used then
    local values = redis.call('HMGET', day_key(s, s.dd), unpack(accounts_of(s)))
    local human = s.hu ~= '' and redis.call('HGET', day_key(s, s.dd, s.hu), 'x')
    used = { used_of(values[1]), used_of(values[2]), used_of(values[3]), used_of(human), packed = values[1] }
    s.seen[s.dd] = used
  end
  return used[1], used[2], used[3], used[4]
end

-- What a receipt proves of a session that goes on, as sessions/proof-text.ts reads it; only after read_used. '': it has ended.
local PROVEN_INTERVALS_MAX = 4
local function proof_of(s)
  if s.ea >= 0 then return '' end
  local value, recent = s.seen[s.dd].packed or '', ''
  local last = #value - 7
  if s.rs >= 0 and last > 0 then
    -- The growing run is told by its start.
    local from, to = struct.unpack('>I4I4', value, last)
    if from == s.rs - s.ds and to == s.lb - s.ds then last = last - 8 end
  end
  for at = math.max(5, last - 8 * (PROVEN_INTERVALS_MAX - 1)), last, 8 do
    local from, to = struct.unpack('>I4I4', value, at)
    recent = string.format('%s;%.0f-%.0f', recent, s.ds + from, s.ds + to)
  end
  return string.format('%d,%d,%d,%s,%.0f,%.0f,%.0f,%.0f,%d,%s,%s,%s,%s', s.sq, s.sx, s.wa, s.op, s.lb, s.rs, s.rl, s.ov, s.gp, s.ag, s.st,
    s.dd, string.sub(recent, 2))
end

-- By account: game, provider, agent, person over all providers.
local function accounts_text(game, provider, agent, human)
  return string.format('%.0f,%.0f,%.0f,%.0f', game, provider, agent, human)
end

local function flush_run(s, ends)
  if s.rs >= 0 and s.rs < ends then
    note(s, 'play', 'date', s.dd, 'from', int(s.rs), 'to', int(ends), 'leased', int(s.rl))
  end
  s.rs, s.rl = -1, 0
end

-- The agent finds the session at its stations. The index holds sessions of several worlds, so it ends by real time.
local function keep_at_agent(s, keep_ms)
  if s.ag == '' then return end
  local key = s.prefix .. 'a:' .. s.ag
  redis.call('SADD', key, s.id)
  redis.call('PEXPIRE', key, int(keep_ms + s.de - s.ds))
end

-- It has ended, and its client beat as played after that.
local function is_played_on(s) return s.ea >= 0 and s.ca < 0 and s.sx == 1 and s.lb > s.ea end

-- Where heartbeats are asked for, the closer looks after the session.
local function watch_session(s)
  if s.at == 0 then return end
  redis.call('ZADD', s.prefix .. 'leases:' .. s.wo, int(s.lb + s.le + s.rv), s.id)
  redis.call('SADD', s.prefix .. 'worlds', s.wo)
end

-- `told`: when the end was told or ordered, -1 where nobody was; `by`: who ordered it.
local function end_session(s, ended, cause, limit_at, run_ends, told, by)
  flush_run(s, run_ends)
  s.ea, s.ec, s.li = ended, cause, limit_at
  local fields = { 'at', int(ended), 'cause', cause, 'limit', int(limit_at), 'ordered', int(told), 'used', accounts_text(read_used(s)),
    'limits', accounts_text(s.lg, s.lp, s.la, s.lx), 'overrun', int(s.ov), 'gaps', int(s.gp) }
  if by then fields[#fields + 1] = 'by'; fields[#fields + 1] = by end
  note(s, 'ended', unpack(fields))
  redis.call('ZREM', s.prefix .. 'leases:' .. s.wo, s.id)
  redis.call('HDEL', s.prefix .. 'o:' .. s.pe, s.id)
  if s.ag ~= '' then redis.call('SREM', s.prefix .. 'a:' .. s.ag, s.id) end
end
