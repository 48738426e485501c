-- Shared by the scripts that include it: sessions, days and entries in Redis. Not a script of its own.
-- The arithmetic is packages/policy/src/accrue.ts; a differential property test holds the two equal.
-- Numbers come in and go out; there are no ages, weekdays or texts here, and no TIME: `now` is an argument.
-- Keys other than the session's are built from its partition prefix `pg1:{pNNN}:`, so all share one slot.
--
-- Session hash: identity  wo world, pe person, py player, ga game, ag agent, st station, bd band, hu human ('': none), cx context
--               plan      dd date, mt metered, ds de day, vu validUntil, sa stopsAt, lg lp la lx limits, iv interval, le lease, rv revive
--               state     op opened, sq seq, sx state, lb lastBeat, rs runStarts, ea ended, ec cause, li limitAt,
--                         ov overrun, gp gaps, ca closed, cr close reason, ce client's end
-- An absent instant or limit is -1. Day hash: field g:<game>, p, a:<agent> -> used ms, then (start, end) pairs
-- relative to the day's start, each 4 bytes big endian; a field `t0` holds the day's start.
-- The day of a human over all providers is a hash of its own with the field x; it lies in the same partition.

local PLAN = { 'dd', 'mt', 'ds', 'de', 'vu', 'sa', 'lg', 'lp', 'la', 'lx', 'iv', 'le', 'rv' }
local STATE = { 'sq', 'sx', 'lb', 'rs', 'ea', 'ec', 'li', 'ov', 'gp', 'ca', 'cr', 'ce' }
local FIELDS = { 'wo', 'pe', 'py', 'ga', 'ag', 'st', 'bd', 'hu', 'cx', 'op',
  'dd', 'mt', 'ds', 'de', 'vu', 'sa', 'lg', 'lp', 'la', 'lx', 'iv', 'le', 'rv',
  'sq', 'sx', 'lb', 'rs', 'ea', 'ec', 'li', 'ov', 'gp', 'ca', 'cr', 'ce' }
local TEXTS = { wo = true, pe = true, py = true, ga = true, ag = true, st = true, bd = true, hu = true, cx = true, dd = true, ec = true, cr = true }
local ENTRY_PREFIX_END = '}:'

local function load_session(key)
  local values = redis.call('HMGET', key, unpack(FIELDS))
  if not values[1] then return nil end
  local s = { key = key, entries = {} }
  for i = 1, #FIELDS do
    local name = FIELDS[i]
    s[name] = TEXTS[name] and values[i] or tonumber(values[i])
  end
  local _, stop = string.find(key, ENTRY_PREFIX_END, 1, true)
  s.prefix = string.sub(key, 1, stop)
  s.id = string.sub(key, stop + 3)
  s.was = { sq = s.sq, sx = s.sx, lb = s.lb, rs = s.rs, ea = s.ea, ec = s.ec, li = s.li, ov = s.ov, gp = s.gp, ca = s.ca, cr = s.cr, ce = s.ce, vu = s.vu }
  return s
end

local function day_key(s, date, owner) return s.prefix .. 'd:' .. (owner or s.pe) .. ':' .. date end

-- An instant or length as an integer string: tostring would give 1.7e+12.
local function int(value) return string.format('%.0f', value) end

local function save_session(s)
  local changed = {}
  for i = 1, #STATE do
    local name = STATE[i]
    if s[name] ~= s.was[name] then
      changed[#changed + 1] = name
      changed[#changed + 1] = TEXTS[name] and s[name] or int(s[name])
    end
  end
  if s.vu ~= s.was.vu then
    for i = 1, #PLAN do
      local name = PLAN[i]
      changed[#changed + 1] = name
      changed[#changed + 1] = name == 'dd' and s.dd or int(s[name])
    end
  end
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

local function add_to_day(s, key, accounts, day_starts, day_ends, from, to, limits)
  local values = redis.call('HMGET', key, 't0', unpack(accounts))
  local changed = {}
  for i = 1, #accounts do
    local value = values[i + 1]
    local grown = add_interval(value, from - day_starts, to - day_starts, limits.intervals_max)
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
end

-- Adds [from, to) clipped to the day to every account of the session.
local function add_play(s, date, day_starts, day_ends, from, to, limits)
  from = math.max(from, day_starts)
  to = math.min(to, day_ends)
  if from >= to then return end
  add_to_day(s, day_key(s, date), accounts_of(s), day_starts, day_ends, from, to, limits)
  if s.hu ~= '' then add_to_day(s, day_key(s, date, s.hu), { 'x' }, day_starts, day_ends, from, to, limits) end
end

-- Used ms of the session's day: game, provider, agent, person over all providers.
local function read_used(s)
  local accounts = accounts_of(s)
  local values = redis.call('HMGET', day_key(s, s.dd), unpack(accounts))
  local human = s.hu ~= '' and redis.call('HGET', day_key(s, s.dd, s.hu), 'x')
  return used_of(values[1]), used_of(values[2]), used_of(values[3]), used_of(human)
end

local function flush_run(s, ends)
  if s.rs >= 0 and s.rs < ends then
    note(s, 'play', 'date', s.dd, 'from', int(s.rs), 'to', int(ends))
  end
  s.rs = -1
end

local function end_session(s, ended, cause, limit_at, run_ends)
  flush_run(s, run_ends)
  s.ea, s.ec, s.li = ended, cause, limit_at
  note(s, 'ended', 'at', int(ended), 'cause', cause, 'limit', int(limit_at))
  redis.call('ZREM', s.prefix .. 'leases:' .. s.wo, s.id)
  redis.call('HDEL', s.prefix .. 'o:' .. s.pe, s.id)
end
