-- Adds domains that PostgreSQL has as pending.
-- KEYS: stream, later, meta, the lock of who fills. ARGV: job, the lock's token, its length in ms,
-- 'next', 'sweep' or 'more' (of a sweep), epoch, the new cursor, the domains.
-- Returns how many were added; -1 when somebody else fills, or Redis has lost what there was.
local stream, later, meta, filling = KEYS[1], KEYS[2], KEYS[3], KEYS[4]
local job, token = ARGV[1], ARGV[2]
if redis.call('GET', filling) ~= token then return -1 end
if redis.call('HGET', meta, 'epoch') ~= ARGV[5] then return -1 end
redis.call('PEXPIRE', filling, tonumber(ARGV[3]))

local is_sweep = ARGV[4] ~= 'next'
if ARGV[4] == 'sweep' and waiting_in(stream) > 0 then return 0 end
local leased = is_sweep and leased_in(stream) or {}
local added = 0
for _, domain in ipairs(split(ARGV[7])) do
  local known = false
  if is_sweep then
    local owner = redis.call('GET', lock_of(domain))
    -- A lock alone may have expired: then who takes the lease over says whom to blame.
    known = leased[domain] or (owner and is_of_job(owner, job))
      or redis.call('ZSCORE', later, domain)
  end
  if not known then
    add(stream, domain)
    added = added + 1
  end
end
redis.call('HSET', meta, 'cursor', ARGV[6])
return added
