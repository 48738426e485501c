-- Shared by the scripts that include it: sessions, days and entries in Redis. Not a script of its own.
-- The arithmetic is packages/policy/src/accrue.ts; a differential property test holds the two equal.
-- Numbers come in and go out; there are no ages, weekdays or texts here, and no TIME: `now` is an argument.
-- Keys other than the session's are built from its partition prefix `pg2:{pNNN}:`, so all share one slot.
--
-- Session: one string, so that a beat reads it with one GET and overwrites its first bytes. In this order, big endian:
--   HOT   sq seq, lb lastBeat, flags (sx active + 2 x wa warned + 4 x pc pace)
--   RUN   ll length of the lease, rs runStarts, rl its leased ms, ov overrun, gp gaps
--   PLAN  dd date (10 characters), flags (mt metered + 2 x at attended), ds de day, vu validUntil, sa stopsAt, lg lp la lx limits, wm warn,
--         iv interval, le lease, rv revive
--   FACTS wo world, pe person, ga game, ag agent, hu human ('': none), py player, bd band, st station, op opened, cx context
--   END   only of one that ended or was closed: ea ended, li limitAt, ca closed, ce client's end, ec cause, cr close reason
-- In tables an absent instant or limit is -1. Packed, instants are 6 bytes with 0 for none, lengths 4 bytes. store/redis/packed-session.ts
-- reads the same.
-- Day hash: field g:<game>, p, a:<agent> -> used ms, then (start, end) pairs relative to the day's start, each 4 bytes
-- big endian; a field `t0` holds the day's start, fields m:<person> what came over from another person, in the same form, and
-- `known` the epoch (epoch.lua) since which the day is known whole. While one game only has been played, p is `=`: as that game's.
-- The day of a human over all providers is a hash of its own with the
-- field x; it lies in the same partition.

local PLAN = { 'dd', 'mt', 'at', 'ds', 'de', 'vu', 'sa', 'lg', 'lp', 'la', 'lx', 'wm', 'iv', 'le', 'rv' }
local HOT_FORMAT, HOT_LENGTH = '>I4I6B', 11
local RUN_FORMAT, RUN_LENGTH = '>I4I6I4I5I4', 23
local PLAN_FORMAT = '>c10BI6I4I4I6i4i4i4i4i4I4I4I4'
local FACTS_FORMAT = '>Bc0Bc0Bc0Bc0Bc0Bc0Bc0Bc0I6I2c0'
local END_FORMAT = '>I6I6I6i8Bc0I2c0'
local SESSION_FORMAT = HOT_FORMAT .. string.sub(RUN_FORMAT, 2) .. string.sub(PLAN_FORMAT, 2) .. string.sub(FACTS_FORMAT, 2)
local ENTRY_PREFIX_END = '}:'
local NO_CLIENT_END = -1

local function packed(instant) return instant < 0 and 0 or instant end
local function unpacked(instant) return instant == 0 and -1 or instant end

local function pack_hot(s) return struct.pack(HOT_FORMAT, s.sq, s.lb, s.sx + 2 * s.wa + 4 * s.pc) end

local function pack_run(s) return struct.pack(RUN_FORMAT, s.ll, packed(s.rs), s.rl, s.ov, s.gp) end

local function pack_session(s)
  local plan = struct.pack(PLAN_FORMAT, s.dd, s.mt + 2 * s.at, s.ds, s.de - s.ds, s.vu - s.ds, packed(s.sa), s.lg, s.lp, s.la, s.lx, s.wm,
    s.iv, s.le, s.rv)
  local facts = struct.pack(FACTS_FORMAT, #s.wo, s.wo, #s.pe, s.pe, #s.ga, s.ga, #s.ag, s.ag, #s.hu, s.hu, #s.py, s.py, #s.bd, s.bd,
    #s.st, s.st, s.op, #s.cx, s.cx)
  local ending = ''
  if s.ea >= 0 or s.ca >= 0 then
    ending = struct.pack(END_FORMAT, packed(s.ea), packed(s.li), packed(s.ca), s.ce, #s.ec, s.ec, #s.cr, s.cr)
  end
  return pack_hot(s) .. pack_run(s) .. plan .. facts .. ending
end

local function load_session(key)
  local raw = redis.call('GET', key)
  if not raw then return nil end
  local sq, lb, flags, ll, rs, rl, ov, gp, dd, kinds, ds, length, validity, sa, lg, lp, la, lx, wm, iv, le, rv, wo, pe, ga, ag, hu, py, bd, st,
    op, cx, rest = struct.unpack(SESSION_FORMAT, raw)
  local ea, li, ca, ce, ec, cr = 0, 0, 0, NO_CLIENT_END, '', ''
  if rest <= #raw then ea, li, ca, ce, ec, cr = struct.unpack(END_FORMAT, raw, rest) end
  local _, stop = string.find(key, ENTRY_PREFIX_END, 1, true)
  return { key = key, raw = raw, is_rewritten = false, seen = {}, prefix = string.sub(key, 1, stop), id = string.sub(key, stop + 3),
    sq = sq, lb = lb, sx = flags % 2, wa = math.floor(flags / 2) % 2, pc = math.floor(flags / 4), ll = ll,
    rs = unpacked(rs), rl = rl, ov = ov, gp = gp,
    dd = dd, mt = kinds % 2, at = kinds >= 2 and 1 or 0, ds = ds, de = ds + length, vu = ds + validity, sa = unpacked(sa),
    lg = lg, lp = lp, la = la, lx = lx, wm = wm, iv = iv, le = le, rv = rv,
    wo = wo, pe = pe, ga = ga, ag = ag, hu = hu, py = py, bd = bd, st = st, op = op, cx = cx,
    ea = unpacked(ea), li = unpacked(li), ca = unpacked(ca), ce = ce, ec = ec, cr = cr }
end

local function day_key(s, date, owner) return s.prefix .. 'd:' .. (owner or s.pe) .. ':' .. date end

-- An instant or length as an integer string: tostring would give 1.7e+12.
local function int(value) return string.format('%.0f', value) end

-- Of a session that was loaded. Its plan, facts and end are looked at only where they may have changed (`is_rewritten`).
local function save_session(s)
  if s.is_rewritten then
    s.raw = pack_session(s)
    redis.call('SET', s.key, s.raw, 'KEEPTTL')
    return
  end
  local start, run = pack_hot(s), pack_run(s)
  if run ~= string.sub(s.raw, HOT_LENGTH + 1, HOT_LENGTH + RUN_LENGTH) then start = start .. run end
  redis.call('SETRANGE', s.key, 0, start)
  s.raw = start .. string.sub(s.raw, #start + 1)
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

local SAME = '='

-- The account of the one game of a day whose p is SAME.
local function only_game(key)
  local fields = redis.call('HGETALL', key)
  for i = 1, #fields, 2 do
    if string.sub(fields[i], 1, 2) == 'g:' then return fields[i + 1] end
  end
  return false
end

-- Before accounts of any game are changed by themselves.
local function write_out_provider(key)
  if redis.call('HGET', key, 'p') == SAME then redis.call('HSET', key, 'p', only_game(key)) end
end

-- Adds [from, to) to accounts of a day, of which p comes after its game's; used ms by account.
local function add_to_day(s, key, accounts, day_starts, day_ends, from, to, limits)
  local values = redis.call('HMGET', key, 't0', unpack(accounts))
  local changed, used = {}, {}
  from, to = from - day_starts, to - day_starts
  for i = 1, #accounts do
    local value, grown = values[i + 1], SAME
    if accounts[i] == 'p' and (not value or value == SAME and values[i]) then
      used[i] = used[i - 1]
    else
      grown, used[i] = add_interval(value == SAME and only_game(key) or value, from, to, limits.intervals_max)
    end
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
    local key = day_key(s, s.dd)
    local values = redis.call('HMGET', key, unpack(accounts_of(s)))
    if values[2] == SAME then values[2] = values[1] or only_game(key) end
    local human = s.hu ~= '' and redis.call('HGET', day_key(s, s.dd, s.hu), 'x')
    used = { used_of(values[1]), used_of(values[2]), used_of(values[3]), used_of(human), packed = values[1] }
    s.seen[s.dd] = used
  end
  return used[1], used[2], used[3], used[4]
end

-- The end of the account of the session's game: what a receipt proves of it, and the run that is still growing. After read_used.
local PROVEN_BYTES_MAX = 8 * 5
local function recent_of(s)
  local value = s.seen[s.dd].packed
  return value and string.sub(value, math.max(5, #value - PROVEN_BYTES_MAX + 1)) or ''
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

-- Last instant at which a silent session may still come back.
local function revivable_until(s) return s.lb + s.ll + s.rv end

-- Where heartbeats are asked for, the closer looks after the session.
local function watch_session(s)
  if s.at == 0 then return end
  redis.call('ZADD', s.prefix .. 'leases:' .. s.wo, int(revivable_until(s)), s.id)
  redis.call('SADD', s.prefix .. 'worlds', s.wo)
end

-- `told`: when the end was told or ordered, -1 where nobody was; `by`: who ordered it.
local function end_session(s, ended, cause, limit_at, run_ends, told, by)
  flush_run(s, run_ends)
  s.ea, s.ec, s.li, s.is_rewritten = ended, cause, limit_at, true
  local fields = { 'at', int(ended), 'cause', cause, 'limit', int(limit_at), 'ordered', int(told), 'used', accounts_text(read_used(s)),
    'limits', accounts_text(s.lg, s.lp, s.la, s.lx), 'overrun', int(s.ov), 'gaps', int(s.gp) }
  if by then fields[#fields + 1] = 'by'; fields[#fields + 1] = by end
  note(s, 'ended', unpack(fields))
  redis.call('ZREM', s.prefix .. 'leases:' .. s.wo, s.id)
  redis.call('HDEL', s.prefix .. 'o:' .. s.pe, s.id)
  if s.ag ~= '' then redis.call('SREM', s.prefix .. 'a:' .. s.ag, s.id) end
end
