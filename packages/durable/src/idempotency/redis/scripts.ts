/**
 * The steps on a key in Redis, each of them one script and so atomic. A key is a hash: f(ingerprint), c(laimant), e(poch),
 * l(ease until, empty once done), x (expires at), a(nswer). Times are microseconds by the clock of Redis, which a double holds
 * exactly.
 */
const TIME = `
local time = redis.call('TIME')
local now = time[1] * 1000000 + time[2]
local function whole(number) return string.format('%.0f', number) end
local function keepUntil(key, lease, expires)
  redis.call('PEXPIREAT', key, whole(math.ceil(math.max(lease, expires) / 1000)))
end
`

const OWNED = `
local key = KEYS[1]
local kept = redis.call('HMGET', key, 'e', 'l', 'x')
if kept[1] ~= ARGV[1] or kept[2] == '' then return 0 end
`

/**
 * The decision of `decideClaim`. Arguments: fingerprint, lease in ms, expiry in ms, 1 to take over,
 * claimant.
 */
export const claimScript: string = `${TIME}
local key = KEYS[1]
local kept = redis.call('HMGET', key, 'f', 'e', 'l', 'x', 'a', 'c')
local kind = 'new'
if kept[1] and kept[3] ~= '' and kept[6] == ARGV[5] then
  kind = 'takeover'
elseif kept[1] then
  local isSame = kept[1] == ARGV[1]
  if kept[3] ~= '' and tonumber(kept[3]) > now then
    return { isSame and 'in-flight' or 'mismatch' }
  end
  if tonumber(kept[4]) > now then
    if not isSame then return { 'mismatch' } end
    if kept[3] == '' then return { 'replay', kept[5], kept[4] } end
    if ARGV[4] ~= '1' then return { 'unknown' } end
    kind = 'takeover'
  end
end
local epoch = whole(math.max((tonumber(kept[2] or '0')) + 1, now))
local lease = now + ARGV[2] * 1000
local expires = now + ARGV[3] * 1000
redis.call('DEL', key)
redis.call('HSET', key, 'f', ARGV[1], 'c', ARGV[5], 'e', epoch, 'l', whole(lease), 'x', whole(expires))
keepUntil(key, lease, expires)
return { kind, epoch, whole(expires) }
`

/** Arguments: epoch, answer. */
export const finishScript: string = `${TIME}
local key = KEYS[1]
local kept = redis.call('HMGET', key, 'e', 'l', 'x', 'a')
if kept[1] ~= ARGV[1] then return 0 end
if kept[2] == '' then return kept[4] == ARGV[2] and 1 or 0 end
redis.call('HSET', key, 'l', '', 'a', ARGV[2])
keepUntil(key, 0, tonumber(kept[3]))
return 1
`

/** Arguments: epoch, lease in ms. */
export const renewScript: string = `${TIME}${OWNED}
local lease = now + ARGV[2] * 1000
redis.call('HSET', key, 'l', whole(lease))
keepUntil(key, lease, tonumber(kept[3]))
return 1
`

/** Argument: epoch. */
export const releaseScript: string = `${OWNED}
redis.call('DEL', key)
return 1
`
