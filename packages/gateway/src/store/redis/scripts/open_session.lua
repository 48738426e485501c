-- Opens a session if its accounts have time left and no other session of the person stands in the way.
-- KEYS: session key, open sessions of the person (hash session -> game), partition's stream, leases of the world (sorted set),
--       worlds of the partition (set); the sessions of the agent (set) and the days are named after them.
-- ARGV: keepMs, intervalsMax, openMax, concurrency (union|forbid|takeover), minStartMs, now, worldName,
--       then identity: person, player, game, agent, station, band, human, context,
--       then the plan: date, metered (1|0), attended (1|0), dayStarts, dayEnds, validUntil, stopsAt,
--       limitGame, limitProvider, limitAgent, limitPerson, warn, interval, lease, revive;
--       then the real time, or '' where it does not matter whether the day is known whole; then the pace.
-- Reply: status (opened|spent|too_little_left|concurrent|day_unknown), usedGame, usedProvider, usedAgent, usedPerson, then (session, game) of each conflict.
--        A refusal writes nothing. The same session id opened again is `opened` and changes nothing.
-- include: ledger.lua
-- include: epoch.lua

local limits = { keep_ms = tonumber(ARGV[1]), intervals_max = tonumber(ARGV[2]) }
local open_max, concurrency, min_start, now = tonumber(ARGV[3]), ARGV[4], tonumber(ARGV[5]), tonumber(ARGV[6])

-- Sessions that are not counted are indexed too, so that new facts reach them; one who never closes any fills no memory.
local INDEXED_MAX = 64
local REAL_NOW_AT, PACE_AT = 31, 32

local function new_session()
  local _, stop = string.find(KEYS[1], ENTRY_PREFIX_END, 1, true)
  local s = { key = KEYS[1], prefix = string.sub(KEYS[1], 1, stop), id = string.sub(KEYS[1], stop + 3), wo = ARGV[7],
    pe = ARGV[8], py = ARGV[9], ga = ARGV[10], ag = ARGV[11], st = ARGV[12], bd = ARGV[13], hu = ARGV[14], cx = ARGV[15],
    op = now, sq = 0, sx = 1, wa = 0, lb = now, rs = ARGV[17] == '1' and now or -1, rl = 0, ea = -1, ec = '', li = -1, ov = 0,
    gp = 0, ca = -1, cr = '', ce = NO_CLIENT_END, seen = {}, dd = ARGV[16], pc = tonumber(ARGV[PACE_AT]) }
  for i = 2, #PLAN do s[PLAN[i]] = tonumber(ARGV[15 + i]) end
  s.ll = s.le * s.pc
  return s
end

-- Sessions of the person that still stand; entries of gone ones are left to the closer.
local function live_sessions()
  local live, open = {}, redis.call('HKEYS', KEYS[2])
  for i = 1, #open do
    local other = load_session(string.gsub(KEYS[1], '[^:]+$', '') .. open[i])
    if other and other.ea < 0 and other.mt == 1 and now <= revivable_until(other) then live[#live + 1] = other end
  end
  return live
end

local function admission(s, used)
  local caps, remaining = { s.lg, s.lp, s.la, s.lx }, math.huge
  for i = 1, 4 do
    if caps[i] >= 0 then remaining = math.min(remaining, caps[i] - used[i]) end
  end
  if remaining <= 0 then return 'spent' end
  if remaining < min_start and now + remaining < s.de then return 'too_little_left' end
  return 'opened'
end

local function answer(status, used, conflicts)
  local reply = { status, used[1], used[2], used[3], used[4] }
  for i = 1, #conflicts do
    reply[#reply + 1] = conflicts[i].id
    reply[#reply + 1] = conflicts[i].ga
  end
  return reply
end

local s = new_session()
local used = { read_used(s) }
if redis.call('EXISTS', KEYS[1]) == 1 then return answer('opened', used, {}) end
-- Play that is not counted needs no admission and stands in nobody's way.
if s.mt == 1 then
  if ARGV[REAL_NOW_AT] ~= '' and not is_day_known(s, ARGV[REAL_NOW_AT]) then return answer('day_unknown', used, {}) end
  local status = admission(s, used)
  if status ~= 'opened' then return answer(status, used, {}) end
  local others = live_sessions()
  if #others > 0 and concurrency == 'forbid' or #others >= open_max then
    return answer('concurrent', used, others)
  end
  for i = 1, concurrency == 'takeover' and #others or 0 do
    end_session(others[i], others[i].lb, 'takeover', -1, others[i].lb, -1)
    save_session(others[i])
  end
end

redis.call('SET', KEYS[1], pack_session(s))
set_expiry(KEYS[1], s, s.de, limits.keep_ms)
if s.mt == 1 or redis.call('HLEN', KEYS[2]) < INDEXED_MAX then
  redis.call('HSET', KEYS[2], s.id, s.ga)
  set_expiry(KEYS[2], s, s.de, limits.keep_ms)
end
keep_at_agent(s, limits.keep_ms)
watch_session(s)
note(s, 'opened', 'at', int(now), 'used', accounts_text(unpack(used)), 'limits', accounts_text(s.lg, s.lp, s.la, s.lx))
return answer('opened', used, {})
