-- Records an array of beats (heartbeats, closes, and orders of others to end), each atomically and in order.
-- KEYS: the session key of each beat.
-- ARGV: keepMs, intervalsMax, then one text per beat, lines of: owner (world; of an order the agent), seq (-1: none),
--       kind (active|paused|close|order), now, pace (0: as it is), held (seq of the receipt its client has; -1: none), and for those with
--       more to tell, behind it:
--       clientEndedAt (-1), verdictSeq (-1), either a plan for `now` or an empty line, and word (reason of a close; of an order by whom).
--       A plan is 16 lines: date, metered, attended, dayStarts, dayEnds, validUntil, stopsAt, limitGame, limitProvider, limitAgent,
--       limitPerson, warn, interval, lease, revive, context.
-- Reply: per beat bytes: status (r recorded, p repeated, s stale, b behind), used ms of game, provider, agent and person over all providers
--        (4 bytes each), length of what follows (1 byte), the end of the account of the game (pairs as in a day hash), and the session.
--        Nothing at all: there is no such session. A stale beat, and one of a session that is behind the receipt, has changed nothing.
-- include: ledger.lua

local limits = { keep_ms = tonumber(ARGV[1]), intervals_max = tonumber(ARGV[2]) }
-- include: accrue.lua

local BEAT_PATTERN = '^([^\n]*)\n([^\n]*)\n([^\n]*)\n([^\n]*)\n([^\n]*)\n([^\n]*)\n?(.*)$'
local MORE_PATTERN = '^([^\n]*)\n([^\n]*)\n([^\n]*)(.*)$'
local REPLY_FORMAT = '>I4I4I4I4B'
local STATUS = { recorded = 'r', repeated = 'p', stale = 's', behind = 'b' }

local function read_plan(date, rest)
  local plan, at = { dd = date }, 1
  for i = 2, #PLAN do
    local _, stop, value = string.find(rest, '^\n([^\n]*)', at)
    plan[PLAN[i]], at = tonumber(value), stop + 1
  end
  local _, stop, context = string.find(rest, '^\n([^\n]*)', at)
  return plan, context, string.sub(rest, stop + 1)
end

local function read_beat(text)
  local owner, seq, kind, now, pace, held, more = string.match(text, BEAT_PATTERN)
  local beat = { owner = owner, seq = tonumber(seq), kind = kind, now = tonumber(now), pace = tonumber(pace), held = tonumber(held), word = '',
    client_ended = -1, verdict_seq = -1, plan = nil, context = '' }
  if more == '' then return beat end
  local client_ended, verdict_seq, date, rest = string.match(more, MORE_PATTERN)
  beat.client_ended, beat.verdict_seq = tonumber(client_ended), tonumber(verdict_seq)
  if date ~= '' then beat.plan, beat.context, rest = read_plan(date, rest) end
  beat.word = string.sub(rest, 2)
  return beat
end

-- An end that was found out by silence alone may be one of older books.
local function is_behind(s) return s.ea < 0 or s.ec == 'silence' end

local replies = {}
for i = 1, #KEYS do
  local beat, s = read_beat(ARGV[i + 2]), load_session(KEYS[i])
  if s and beat.owner == (beat.kind == 'order' and s.ag or s.wo) then
    local status = s.sq < beat.held and is_behind(s) and 'behind' or record(s, beat)
    local game, provider, agent, human = read_used(s)
    local recent = recent_of(s)
    replies[i] = STATUS[status] .. struct.pack(REPLY_FORMAT, game, provider, agent, human, #recent) .. recent .. s.raw
  else
    replies[i] = ''
  end
end
return replies
