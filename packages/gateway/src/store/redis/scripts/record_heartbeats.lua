-- Records an array of beats (heartbeats, closes, and orders of others to end), each atomically and in order.
-- KEYS: the session key of each beat.
-- ARGV: keepMs, intervalsMax, then 23 per beat: owner (world; of an order the agent), seq (-1: none), kind (active|paused|close|order), now,
--       word (reason of a close; of an order by whom), clientEndedAt (-1), verdictSeq (-1), and a plan for `now` or 15 empty strings: date, metered,
--       attended, dayStarts, dayEnds, validUntil, stopsAt, limitGame, limitProvider, limitAgent, limitPerson, warn, interval, lease, revive; then context.
-- Reply: 18 per beat, flat: status (recorded|repeated|stale|not_found), seq, state, lastBeat, ended, cause, limitAt, overrun, closed,
--        usedGame, usedProvider, usedAgent, usedPerson, context, player, game, closeReason, clientEndedAt. A stale or unknown beat has changed nothing.
-- include: ledger.lua

local BEAT_ARGUMENTS = 23
local limits = { keep_ms = tonumber(ARGV[1]), intervals_max = tonumber(ARGV[2]) }
-- include: accrue.lua

local function read_beat(at)
  local beat = { owner = ARGV[at], seq = tonumber(ARGV[at + 1]), kind = ARGV[at + 2], now = tonumber(ARGV[at + 3]),
    word = ARGV[at + 4], client_ended = tonumber(ARGV[at + 5]), verdict_seq = tonumber(ARGV[at + 6]), context = ARGV[at + 22] }
  if ARGV[at + 7] ~= '' then
    beat.plan = { dd = ARGV[at + 7] }
    for i = 2, #PLAN do beat.plan[PLAN[i]] = tonumber(ARGV[at + 6 + i]) end
  end
  return beat
end

local replies = {}
for i = 1, #KEYS do
  local beat = read_beat(3 + (i - 1) * BEAT_ARGUMENTS)
  local s = load_session(KEYS[i])
  if s and beat.owner == (beat.kind == 'order' and s.ag or s.wo) then
    local status = record(s, beat)
    local game, provider, agent, human = read_used(s)
    local reply = { status, s.sq, s.sx, s.lb, s.ea, s.ec, s.li, s.ov, s.ca, game, provider, agent, human, s.cx, s.py, s.ga,
      s.cr, s.ce }
    for j = 1, 18 do replies[#replies + 1] = reply[j] end
  else
    replies[#replies + 1] = 'not_found'
    for _ = 2, 18 do replies[#replies + 1] = 0 end
  end
end
return replies
