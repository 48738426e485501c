-- Shared by the scripts that include it, after ledger.lua: what one beat does to a session and to its day.
-- The same arithmetic as packages/policy/src/accrue.ts. The including script has `limits` (keep_ms, intervals_max).
-- A beat: kind, seq, now, pace (0: as it is), word, client_ended, verdict_seq, plan (nil: none), context.

-- A silence of more intervals than this means that a beat was missed.
local MISSED_INTERVALS = 2

local function proven_ms(s, silent)
  if silent <= s.ll then return silent end
  return s.iv * s.pc
end

local function stop_edge(plan)
  if plan.sa >= 0 and plan.sa <= plan.vu then return plan.sa end
  return -1
end

local function tighter(name, rest, least, scope, cap, used)
  if cap < 0 then return name, rest, least end
  if cap - used < rest then name, rest = scope, cap - used end
  return name, rest, math.min(least, cap)
end

-- The account with the least left (negative: past its limit), the narrower scope of several alike, and the least limit; nil: no limits.
local function tightest(s)
  local game, provider, agent, human = read_used(s)
  local name, rest, least = tighter(nil, math.huge, math.huge, 'game', s.lg, game)
  name, rest, least = tighter(name, rest, least, 'provider', s.lp, provider)
  name, rest, least = tighter(name, rest, least, 'agent', s.la, agent)
  return tighter(name, rest, least, 'person', s.lx, human)
end

-- Notes the first beat after which so little is left that the player is warned. A limit that midnight refills first does not bind.
local function warn(s, now)
  if s.wa == 1 or s.wm < 0 then return end
  local left = s.rest
  if left < math.huge and now + left >= s.de then left = s.de - now + s.least end
  if s.sa >= 0 then left = math.min(left, s.sa - now) end
  if left > s.wm then return end
  note(s, 'warned', 'at', int(now), 'left', int(left))
  s.wa = 1
end

local function turn(s, active, now)
  if active == 0 then
    flush_run(s, now)
    if s.sx == 1 then note(s, 'paused', 'at', int(now)) end
  else
    if s.sx == 0 then note(s, 'resumed', 'at', int(now)) end
    if s.mt == 1 and s.rs < 0 then s.rs = now end
  end
  warn(s, now)
end

-- Takes over the beat's number and state once its time is credited.
local function accept(s, beat)
  local now = beat.now
  if beat.kind == 'order' then
    if s.ea < 0 then end_session(s, now, 'order', -1, math.min(now, s.vu), now, beat.word) end
  elseif beat.kind == 'close' then
    if s.ea < 0 then end_session(s, now, 'closed', -1, now, -1) end
    if s.ca < 0 then
      note(s, 'closed', 'at', int(now), 'reason', beat.word, 'clientEnded', int(beat.client_ended),
        'verdictSeq', int(beat.verdict_seq), 'overrun', int(s.ov))
      s.ca, s.cr, s.ce, s.is_rewritten = now, beat.word, beat.client_ended, true
    end
    s.sx = 0
  else
    local active = beat.kind == 'active' and 1 or 0
    if s.ea < 0 then
      turn(s, active, now)
      if beat.pace > 0 then s.pc = beat.pace end
    end
    s.sx = active
  end
  s.sq = math.max(s.sq, beat.seq)
  -- A lease that was told is never taken back.
  s.ll = math.max(s.lb + s.ll - now, s.le * s.pc)
  s.lb = now
end

-- The account that ran out first ends the session. What is left else (s.rest, s.least) is looked at once more for the warning.
local function end_if_spent(s, last_beat, now, credit_until, is_playing, told)
  local cause, rest, least = tightest(s)
  s.rest, s.least = rest, least
  if not cause or rest > 0 then return end
  local run_ends = is_playing and credit_until or now
  local limit_at = math.max(last_beat, run_ends + rest)
  if is_playing then s.ov = s.ov + credit_until - limit_at end
  end_session(s, now, cause, limit_at, run_ends, told)
end

local function adopt_plan(s, plan)
  local was_attended = s.at
  for i = 1, #PLAN do s[PLAN[i]] = plan[PLAN[i]] end
  s.is_rewritten = true
  set_expiry(s.key, s, s.de, limits.keep_ms)
  keep_at_agent(s, limits.keep_ms)
  if was_attended == 0 then watch_session(s) end
end

-- Credits the time since the last beat, moves the session to the plan, and ends it where a limit or edge is reached.
local function credit(s, plan, now, told)
  local last_beat, silent, is_playing = s.lb, now - s.lb, s.mt == 1 and s.sx == 1
  local proven_until = last_beat + (is_playing and proven_ms(s, silent) or 0)
  local is_gap, is_leased = s.at == 1 and silent > s.ll, silent > MISSED_INTERVALS * s.iv * s.pc
  local edge, stop_at, credit_until = stop_edge(plan), -1, proven_until
  if edge >= 0 and now >= edge then
    -- A new plan says nothing of the time in which the old one held.
    stop_at = math.max(edge, last_beat, plan ~= s and s.vu or last_beat)
    credit_until = math.min(proven_until, stop_at)
  end
  if is_playing then
    add_play(s, s.dd, s.ds, s.de, last_beat, credit_until, limits, is_leased)
    if plan.dd ~= s.dd then
      flush_run(s, math.min(credit_until, s.de))
      if plan.mt == 1 then
        add_play(s, plan.dd, plan.ds, plan.de, last_beat, credit_until, limits, is_leased)
        if credit_until > plan.ds then s.rs = math.max(last_beat, plan.ds) end
      end
    end
  end
  if plan ~= s then adopt_plan(s, plan) end
  if is_gap then
    flush_run(s, credit_until)
    note(s, 'gap', 'from', int(proven_until), 'to', int(now))
    s.gp = s.gp + 1
  end
  if stop_at >= 0 then
    s.ov = s.ov + proven_until - credit_until
    end_session(s, stop_at, 'stop', stop_at, credit_until, told)
    return
  end
  end_if_spent(s, last_beat, now, credit_until, is_playing, told)
end

local function is_repeated(s, beat)
  if beat.kind == 'order' then return s.ea >= 0 end
  if beat.kind == 'close' then return s.ca >= 0 end
  return beat.seq >= 0 and beat.seq <= s.sq
end

-- Play after the end, noted once per interval of it. A close tells it itself.
local function overrun(s, beat)
  local before, interval = s.ov, s.iv * s.pc
  s.ov = before + proven_ms(s, beat.now - s.lb)
  if beat.kind ~= 'close' and math.floor(s.ov / interval) > math.floor(before / interval) then
    note(s, 'overrun', 'at', int(beat.now), 'overrun', int(s.ov))
  end
end

local function record(s, beat)
  beat.now = math.max(beat.now, s.lb)
  if is_repeated(s, beat) then return 'repeated' end
  if s.ea >= 0 then
    if s.mt == 1 and s.sx == 1 and s.ca < 0 then overrun(s, beat) end
  elseif s.at == 1 and beat.now > revivable_until(s) then
    end_session(s, s.lb, 'silence', -1, s.lb, -1)
  else
    -- Who closes has stopped by itself: nobody had to be told.
    local told = beat.kind == 'close' and -1 or beat.now
    local edge = stop_edge(s)
    local expired = not (edge >= 0 and beat.now >= edge) and beat.now >= s.vu
    if expired and beat.kind == 'order' then
      -- What comes after the plan is not known here, and the session does not go on: that rest is not counted.
      credit(s, s, s.vu, told)
    else
      if expired and (not beat.plan or beat.now >= beat.plan.vu) then return 'stale' end
      if expired then s.cx = beat.context end
      credit(s, expired and beat.plan or s, beat.now, told)
    end
  end
  accept(s, beat)
  -- The end took it from its agent, who has to see that it goes on.
  if is_played_on(s) then keep_at_agent(s, limits.keep_ms) end
  save_session(s)
  return 'recorded'
end
