-- Brings back a session that the books have lost, or know less of than the receipt of its client proves.
-- KEYS: session key, open sessions of the person (hash session -> game).
-- ARGV: keepMs, intervalsMax, world, person, player, game, agent, station, band, human, context,
--       then the plan: date, metered (1|0), attended (1|0), dayStarts, dayEnds, validUntil, stopsAt,
--       limitGame, limitProvider, limitAgent, limitPerson, warn, interval, lease, revive,
--       then what is proven: seq, active (1|0), warned (1|0), opened, lastBeat, runStarts (-1), runLeased, overrun, gaps, pace, length of the lease,
--       then twice a number of intervals and (from, to) of each: all play that is proven, and that which is not on record.
-- Reply: 1, or 0 where the books know as much.
-- include: ledger.lua

local limits = { keep_ms = tonumber(ARGV[1]), intervals_max = tonumber(ARGV[2]) }
local PLAN_AT, STATE_AT, PLAY_AT = 12, 27, 38
local seq, last_beat = tonumber(ARGV[STATE_AT]), tonumber(ARGV[STATE_AT + 4])

local function is_known(s)
  if s.wo ~= ARGV[3] or s.sq >= seq then return true end
  -- Older books take a session for silent that was not.
  return s.ea >= 0 and not (s.ec == 'silence' and last_beat > s.ea)
end

local function each_interval(at, take)
  local count = tonumber(ARGV[at])
  for i = 1, count do take(tonumber(ARGV[at + 2 * i - 1]), tonumber(ARGV[at + 2 * i])) end
  return at + 1 + 2 * count
end

local s = load_session(KEYS[1])
if s and is_known(s) then return 0 end
local _, stop = string.find(KEYS[1], ENTRY_PREFIX_END, 1, true)
s = { key = KEYS[1], prefix = string.sub(KEYS[1], 1, stop), id = string.sub(KEYS[1], stop + 3), wo = ARGV[3], pe = ARGV[4], py = ARGV[5],
  ga = ARGV[6], ag = ARGV[7], st = ARGV[8], bd = ARGV[9], hu = ARGV[10], cx = ARGV[11], sq = seq, sx = tonumber(ARGV[STATE_AT + 1]),
  wa = tonumber(ARGV[STATE_AT + 2]), op = tonumber(ARGV[STATE_AT + 3]), lb = last_beat, rs = tonumber(ARGV[STATE_AT + 5]),
  rl = tonumber(ARGV[STATE_AT + 6]), ov = tonumber(ARGV[STATE_AT + 7]), gp = tonumber(ARGV[STATE_AT + 8]), pc = tonumber(ARGV[STATE_AT + 9]),
  ll = tonumber(ARGV[STATE_AT + 10]), ea = -1, ec = '', li = -1,
  ca = -1, cr = '', ce = NO_CLIENT_END, seen = {}, dd = ARGV[PLAN_AT] }
for i = 2, #PLAN do s[PLAN[i]] = tonumber(ARGV[PLAN_AT - 1 + i]) end

local unrecorded_at = each_interval(PLAY_AT, function(from, to) add_play(s, s.dd, s.ds, s.de, from, to, limits) end)
each_interval(unrecorded_at, function(from, to) note(s, 'play', 'date', s.dd, 'from', int(from), 'to', int(to), 'leased', '0') end)
redis.call('SET', KEYS[1], pack_session(s))
set_expiry(KEYS[1], s, s.de, limits.keep_ms)
redis.call('HSET', KEYS[2], s.id, s.ga)
set_expiry(KEYS[2], s, s.de, limits.keep_ms)
keep_at_agent(s, limits.keep_ms)
watch_session(s)
return 1
