-- Records an array of beats (heartbeats and closes), each atomically and in order.
-- KEYS: the session key of each beat.
-- ARGV: keepMs, intervalsMax, then 21 per beat: world, seq (-1: none), kind (active|paused|close), now, closeReason, clientEndedAt (-1), verdictSeq (-1),
--       and a plan for `now` or 13 empty strings: date, metered, dayStarts, dayEnds, validUntil, stopsAt, limitGame, limitProvider, limitAgent, limitPerson,
--       interval, lease, revive; then context.
-- Reply: 18 per beat, flat: status (recorded|repeated|stale|not_found), seq, state, lastBeat, ended, cause, limitAt, overrun, closed,
--        usedGame, usedProvider, usedAgent, usedPerson, context, player, game, closeReason, clientEndedAt. A stale or unknown beat has changed nothing.
-- include: ledger.lua

local BEAT_ARGUMENTS = 21
local limits = { keep_ms = tonumber(ARGV[1]), intervals_max = tonumber(ARGV[2]) }

local function proven_ms(s, silent)
  if silent <= s.le then return silent end
  return s.iv
end

local function stop_edge(plan)
  if plan.sa >= 0 and plan.sa <= plan.vu then return plan.sa end
  return -1
end

-- Takes over the beat's number and state once its time is credited.
local function accept(s, beat)
  if beat.kind == 'close' then
    if s.ea < 0 then end_session(s, beat.now, 'closed', -1, beat.now) end
    if s.ca < 0 then
      note(s, 'closed', 'at', int(beat.now), 'reason', beat.reason, 'clientEnded', int(beat.client_ended),
        'verdictSeq', int(beat.verdict_seq), 'overrun', int(s.ov))
      s.ca, s.cr, s.ce = beat.now, beat.reason, beat.client_ended
    end
    s.sx = 0
  else
    local active = beat.kind == 'active' and 1 or 0
    if s.ea < 0 and active == 0 then
      flush_run(s, beat.now)
      if s.sx == 1 then note(s, 'paused', 'at', int(beat.now)) end
    elseif s.ea < 0 then
      if s.sx == 0 then note(s, 'resumed', 'at', int(beat.now)) end
      if s.mt == 1 and s.rs < 0 then s.rs = beat.now end
    end
    s.sx = active
  end
  if beat.seq >= 0 then s.sq = beat.seq end
  s.lb = beat.now
end

-- The account that ran out first ends the session; of several at once, the narrower scope is named.
local function end_if_spent(s, last_beat, now, credit_until, is_playing)
  local caps, names = { s.lg, s.lp, s.la, s.lx }, { 'game', 'provider', 'agent', 'person' }
  local used = { read_used(s) }
  local cause, excess = nil, -1
  for i = 1, 4 do
    if caps[i] >= 0 and used[i] - caps[i] > excess then
      excess = used[i] - caps[i]
      cause = names[i]
    end
  end
  if not cause then return end
  local run_ends = is_playing and credit_until or now
  local limit_at = math.max(last_beat, run_ends - excess)
  if is_playing then s.ov = s.ov + credit_until - limit_at end
  end_session(s, now, cause, limit_at, run_ends)
end

-- Credits the time since the last beat, moves the session to the plan, and ends it where a limit or edge is reached.
local function credit(s, plan, now)
  local last_beat, silent, is_playing = s.lb, now - s.lb, s.mt == 1 and s.sx == 1
  local proven_until = last_beat + (is_playing and proven_ms(s, silent) or 0)
  local lease, was_metered = s.le, s.mt == 1
  local edge, stop_at, credit_until = stop_edge(plan), -1, proven_until
  if edge >= 0 and now >= edge then
    -- A new plan says nothing of the time in which the old one held.
    stop_at = math.max(edge, last_beat, plan ~= s and s.vu or last_beat)
    credit_until = math.min(proven_until, stop_at)
  end
  if is_playing then
    add_play(s, s.dd, s.ds, s.de, last_beat, credit_until, limits)
    if plan.dd ~= s.dd then
      flush_run(s, math.min(credit_until, s.de))
      if plan.mt == 1 then
        add_play(s, plan.dd, plan.ds, plan.de, last_beat, credit_until, limits)
        if credit_until > plan.ds then s.rs = math.max(last_beat, plan.ds) end
      end
    end
  end
  if plan ~= s then
    for i = 1, #PLAN do s[PLAN[i]] = plan[PLAN[i]] end
    set_expiry(s.key, s, s.de, limits.keep_ms)
  end
  if was_metered and silent > lease then
    flush_run(s, credit_until)
    note(s, 'gap', 'from', int(proven_until), 'to', int(now))
    s.gp = s.gp + 1
  end
  if stop_at >= 0 then
    s.ov = s.ov + proven_until - credit_until
    end_session(s, stop_at, 'stop', stop_at, credit_until)
    return
  end
  end_if_spent(s, last_beat, now, credit_until, is_playing)
end

local function record(s, beat)
  beat.now = math.max(beat.now, s.lb)
  if beat.seq < 0 and s.ca >= 0 or beat.seq >= 0 and beat.seq <= s.sq then return 'repeated' end
  if s.ea >= 0 then
    if s.mt == 1 and s.sx == 1 and s.ca < 0 then s.ov = s.ov + proven_ms(s, beat.now - s.lb) end
  elseif s.mt == 1 and beat.now > s.lb + s.le + s.rv then
    end_session(s, s.lb, 'silence', -1, s.lb)
  else
    local edge = stop_edge(s)
    local expired = not (edge >= 0 and beat.now >= edge) and beat.now >= s.vu
    if expired and (not beat.plan or beat.now >= beat.plan.vu) then return 'stale' end
    if expired and beat.context ~= s.cx then
      redis.call('HSET', s.key, 'c', beat.context)
      s.cx = beat.context
    end
    credit(s, expired and beat.plan or s, beat.now)
  end
  accept(s, beat)
  save_session(s)
  return 'recorded'
end

local function read_beat(at)
  local beat = { world = ARGV[at], seq = tonumber(ARGV[at + 1]), kind = ARGV[at + 2], now = tonumber(ARGV[at + 3]),
    reason = ARGV[at + 4], client_ended = tonumber(ARGV[at + 5]), verdict_seq = tonumber(ARGV[at + 6]), context = ARGV[at + 20] }
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
  if s and s.wo == beat.world then
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
