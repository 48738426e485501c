-- Shared by the scripts that include it, after ledger.lua: since when a partition has lost nothing.
-- The epoch of a partition is `<real time in ms>:<run of the server>`. It goes with everything else when the books are flushed, and
-- a server that was started again or took over may have come up with older ones: its run is another.

local function server_run()
  local info = redis.pcall('INFO', 'server')
  return type(info) == 'string' and string.match(info, 'run_id:(%x+)') or ''
end

local function epoch_of(prefix, real_now)
  local run = server_run()
  local epoch = redis.call('GET', prefix .. 'epoch')
  if epoch and string.match(epoch, ':(%x*)$') == run then return epoch end
  epoch = real_now .. ':' .. run
  redis.call('SET', prefix .. 'epoch', epoch)
  return epoch
end

-- Whether everything the person has played on the session's day is in the books. A test world's days tell nothing by their dates.
local function is_day_known(s, real_now)
  local epoch = epoch_of(s.prefix, real_now)
  if string.sub(s.wo, 1, 1) == 'l' and s.ds >= tonumber(string.match(epoch, '^%d+')) then return true end
  return redis.call('HGET', day_key(s, s.dd), 'known') == epoch
end
