//! Writes a log of so many requests in the seed's shape, for measurements: four stages, latencies that spread
//! as those of services do. The same for the same number.
//!
//! ```text
//! make_log [REQUESTS] > log.jsonl
//! ```

use std::io::{self, BufWriter, Write};

const STAGES: [(&str, f64); 4] =
    [("embedding", 1e-3), ("retrieval", 2.5e-3), ("reranking", 7e-3), ("generation", 18e-3)];

fn main() -> io::Result<()> {
    let requests = std::env::args().nth(1).and_then(|text| text.parse().ok()).unwrap_or(500_000);
    let mut random = Random(42);
    let mut out = BufWriter::new(io::stdout().lock());
    for id in 0_u64..requests {
        let start = 1_795_219_200.0 + id as f64 / 100.0;
        let stages = STAGES.map(|(name, median)| (name, median * (0.6 * random.normal()).exp()));
        let total: f64 = stages.iter().map(|(_, seconds)| seconds).sum();
        write!(
            out,
            "{{\"start_time\":{start:.3},\"total_time\":{:.9},\"timestamp\":\"2026-11-21T00:00:00.000000Z\",\
             \"request_id\":\"query-{id}\",\"outcome\":\"ok\",\"stages\":{{",
            total + 1e-5
        )?;
        for (i, (name, seconds)) in stages.into_iter().enumerate() {
            let comma = if i > 0 { "," } else { "" };
            let k = (random.share() * 100.0) as u32;
            write!(
                out,
                "{comma}\"{name}\":{{\"duration\":{seconds:.9},\"metadata\":{{\"k\":{k},\"strategy\":\"comprehensive\"}}}}"
            )?;
        }
        out.write_all(b"}}\n")?;
    }
    out.flush()
}

/// Xorshift64*.
struct Random(u64);

impl Random {
    /// In `0.0..1.0`.
    fn share(&mut self) -> f64 {
        self.0 ^= self.0 >> 12;
        self.0 ^= self.0 << 25;
        self.0 ^= self.0 >> 27;
        (self.0.wrapping_mul(0x2545_F491_4F6C_DD1D) >> 11) as f64 / (1_u64 << 53) as f64
    }

    /// Of mean 0 and deviation 1, nearly: the sum of twelve (Irwin and Hall).
    fn normal(&mut self) -> f64 {
        (0..12).map(|_| self.share()).sum::<f64>() - 6.0
    }
}
