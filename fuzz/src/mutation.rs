//! Mutations that keep the lengths around what they change, so that most inputs get past the outermost reader.

use libfuzzer_sys::fuzzer_mutate;

/// One field of a protobuf message.
#[derive(Clone)]
struct Field {
    number: u64,
    content: Content,
}

#[derive(Clone)]
enum Content {
    Varint(u64),
    Fixed(u64),
    Bytes(Vec<u8>),
}

/// A random sequence (xorshift64*, Marsaglia 2003).
struct Random(u64);

impl Random {
    fn below(&mut self, end: usize) -> usize {
        self.0 ^= self.0 >> 12;
        self.0 ^= self.0 << 25;
        self.0 ^= self.0 >> 27;
        (self.0.wrapping_mul(0x2545_f491_4f6c_dd1d) >> 33) as usize % end.max(1)
    }
}

/// Changes the first `size` bytes of `data`, all of which may be used. Returns the new size.
pub fn mutate(data: &mut [u8], size: usize, max_size: usize, seed: u32) -> usize {
    let mut random = Random(u64::from(seed).wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1);
    if random.below(8) > 0
        && let Some(bytes) = message(&data[..size], &mut random, 0)
        && bytes.len() <= max_size.min(data.len())
    {
        data[..bytes.len()].copy_from_slice(&bytes);
        return bytes.len();
    }
    fuzzer_mutate(data, size, max_size)
}

fn message(bytes: &[u8], random: &mut Random, depth: usize) -> Option<Vec<u8>> {
    let mut fields = read(bytes)?;
    if fields.is_empty() {
        return None;
    }
    let at = random.below(fields.len());
    match random.below(12) {
        0 => drop(fields.remove(at)),
        1 => fields.insert(at, fields[at].clone()),
        2 => {
            let other = random.below(fields.len());
            fields.swap(at, other);
        }
        _ => match &mut fields[at].content {
            Content::Varint(number) | Content::Fixed(number) => *number = changed(*number, random),
            Content::Bytes(inner) => {
                let deeper = if depth < 4 && random.below(3) > 0 { message(inner, random, depth + 1) } else { None };
                *inner = match deeper {
                    Some(inner) => inner,
                    None if random.below(2) == 0 => varints(inner, random).unwrap_or_else(|| noise(inner)),
                    None => noise(inner),
                };
            }
        },
    }
    Some(write(&fields))
}

fn changed(number: u64, random: &mut Random) -> u64 {
    match random.below(6) {
        0 => number.wrapping_add(1),
        1 => number.wrapping_sub(1),
        2 => number ^ (1 << random.below(64)),
        3 => random.below(300) as u64,
        4 => u64::MAX >> random.below(64),
        _ => number.wrapping_mul(2),
    }
}

/// Changes one of packed numbers, or how many there are.
fn varints(mut bytes: &[u8], random: &mut Random) -> Option<Vec<u8>> {
    let mut numbers = Vec::new();
    while !bytes.is_empty() {
        numbers.push(varint(&mut bytes)?);
    }
    let at = random.below(numbers.len());
    match (numbers.get(at).copied(), random.below(5)) {
        (None, _) => numbers.push(random.below(4) as u64),
        (Some(number), 0) => numbers.insert(at, number),
        (Some(_), 1) => drop(numbers.remove(at)),
        (Some(number), _) => numbers[at] = changed(number, random),
    }
    let mut packed = Vec::new();
    numbers.into_iter().for_each(|number| put(&mut packed, number));
    Some(packed)
}

fn noise(bytes: &[u8]) -> Vec<u8> {
    let mut room = bytes.to_vec();
    room.resize(bytes.len() + 16, 0);
    let len = room.len();
    let size = fuzzer_mutate(&mut room, bytes.len(), len);
    room.truncate(size);
    room
}

fn read(mut bytes: &[u8]) -> Option<Vec<Field>> {
    let mut fields = Vec::new();
    while !bytes.is_empty() {
        let key = varint(&mut bytes)?;
        let content = match key & 7 {
            0 => Content::Varint(varint(&mut bytes)?),
            1 => {
                let (head, tail) = bytes.split_first_chunk()?;
                bytes = tail;
                Content::Fixed(u64::from_le_bytes(*head))
            }
            2 => {
                let len = usize::try_from(varint(&mut bytes)?).ok()?;
                let (head, tail) = bytes.split_at_checked(len)?;
                bytes = tail;
                Content::Bytes(head.to_vec())
            }
            _ => return None,
        };
        fields.push(Field { number: key >> 3, content });
    }
    Some(fields)
}

fn write(fields: &[Field]) -> Vec<u8> {
    let mut bytes = Vec::new();
    for Field { number, content } in fields {
        match content {
            Content::Varint(value) => {
                put(&mut bytes, number << 3);
                put(&mut bytes, *value);
            }
            Content::Fixed(value) => {
                put(&mut bytes, number << 3 | 1);
                bytes.extend(value.to_le_bytes());
            }
            Content::Bytes(value) => {
                put(&mut bytes, number << 3 | 2);
                put(&mut bytes, value.len() as u64);
                bytes.extend(value);
            }
        }
    }
    bytes
}

fn varint(bytes: &mut &[u8]) -> Option<u64> {
    let mut number = 0;
    for shift in (0..64).step_by(7) {
        let (&byte, rest) = bytes.split_first()?;
        *bytes = rest;
        number |= u64::from(byte & 0x7f) << shift;
        if byte < 0x80 {
            return Some(number);
        }
    }
    None
}

fn put(bytes: &mut Vec<u8>, mut number: u64) {
    while number >= 0x80 {
        bytes.push(number as u8 | 0x80);
        number >>= 7;
    }
    bytes.push(number as u8);
}
