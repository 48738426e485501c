-- Records an array of beats (heartbeats, closes, and orders of others to end), each atomically and in order.
-- KEYS: the session key of each beat.
-- ARGV: keepMs, intervalsMax, then 24 per beat: owner (world; of an order the agent), seq (-1: none), kind (active|paused|close|order), now,
--       word (reason of a close; of an order by whom), clientEndedAt (-1), verdictSeq (-1), and a plan for `now` or 15 empty strings: date, metered,
--       attended, dayStarts, dayEnds, validUntil, stopsAt, limitGame, limitProvider, limitAgent, limitPerson, warn, interval, lease, revive; then context;
--       then held: seq of the receipt its client has (-1: none; -2: no proof is wanted).
-- Reply: 19 per beat, flat: status (recorded|repeated|stale|behind|not_found), seq, state, lastBeat, ended, cause, limitAt, overrun, closed,
--        usedGame, usedProvider, usedAgent, usedPerson, context, player, game, closeReason, clientEndedAt, proof.
--        A stale or unknown beat, and one of a session that is behind the receipt, has changed nothing.
-- include: ledger.lua

local BEAT_ARGUMENTS = 24
local REPLY_LENGTH = 19
local NO_PROOF = -2
local limits = { keep_ms = tonumber(ARGV[1]), intervals_max = tonumber(ARGV[2]) }
-- include: accrue.lua

local function read_beat(at)
  local beat = { owner = ARGV[at], seq = tonumber(ARGV[at + 1]), kind = ARGV[at + 2], now = tonumber(ARGV[at + 3]),
    word = ARGV[at + 4], client_ended = tonumber(ARGV[at + 5]), verdict_seq = tonumber(ARGV[at + 6]), context = ARGV[at + 22],
    held = tonumber(ARGV[at + 23]) }
  if ARGV[at + 7] ~= '' then
    beat.plan = { dd = ARGV[at + 7] }
    for i = 2, #PLAN do beat.plan[PLAN[i]] = tonumber(ARGV[at + 6 + i]) end
  end
  return beat
end

-- An end that was found out by silence alone may be one of older books.
local function is_behind(s) return s.ea < 0 or s.ec == 'silence' end

local replies = {}
for i = 1, #KEYS do
  local beat = read_beat(3 + (i - 1) * BEAT_ARGUMENTS)
  local s = load_session(KEYS[i])
  if s and beat.owner == (beat.kind == 'order' and s.ag or s.wo) then
    local status = s.sq < beat.held and is_behind(s) and 'behind' or record(s, beat)
    local game, provider, agent, human = read_used(s)
    local reply = { status, s.sq, s.sx, s.lb, s.ea, s.ec, s.li, s.ov, s.ca, game, provider, agent, human, s.cx, s.py, s.ga,
      s.cr, s.ce, beat.held > NO_PROOF and proof_of(s) or '' }
    for j = 1, REPLY_LENGTH do replies[#replies + 1] = reply[j] end
  else
    replies[#replies + 1] = 'not_found'
    for _ = 2, REPLY_LENGTH do replies[#replies + 1] = 0 end
  end
end
return replies
