//! Address ranges as conditions have them.

use std::net::IpAddr;
use std::str::FromStr;

/// An address or a range in CIDR notation.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct IpRange {
    address: IpAddr,
    bits: u8,
}

/// Why a text is no range.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("neither an address nor a range in CIDR notation")]
pub struct NotARange;

impl FromStr for IpRange {
    type Err = NotARange;

    fn from_str(text: &str) -> Result<Self, NotARange> {
        let (address, bits) = text.split_once('/').map_or((text, None), |(address, bits)| (address, Some(bits)));
        let address: IpAddr = address.parse().map_err(|_| NotARange)?;
        let most = if address.is_ipv4() { 32 } else { 128 };
        let bits = bits.map_or(Ok(most), |bits| bits.parse().map_err(|_| NotARange))?;
        if bits > most { Err(NotARange) } else { Ok(Self { address, bits }) }
    }
}

impl IpRange {
    /// How many leading bits are fixed.
    #[must_use]
    pub fn bits(&self) -> u8 {
        self.bits
    }

    /// Whether it is of IPv4.
    #[must_use]
    pub fn is_ipv4(&self) -> bool {
        self.address.is_ipv4()
    }

    /// Its first and its last address, as numbers of its family.
    #[must_use]
    pub fn ends(&self) -> (u128, u128) {
        let (address, most) = match self.address {
            IpAddr::V4(address) => (u128::from(address.to_bits()), 32),
            IpAddr::V6(address) => (address.to_bits(), 128),
        };
        let all = if most == 32 { u128::from(u32::MAX) } else { u128::MAX };
        let open = all.checked_shr(u32::from(self.bits)).unwrap_or(0);
        (address & !open, address | open)
    }

    /// Whether an address lies in it; one of the other family does not.
    #[must_use]
    pub fn contains(&self, address: IpAddr) -> bool {
        match (self.address, address) {
            (IpAddr::V4(own), IpAddr::V4(other)) => {
                let differ = own.to_bits() ^ other.to_bits();
                differ.checked_shr(u32::from(32 - self.bits)).unwrap_or(0) == 0
            }
            (IpAddr::V6(own), IpAddr::V6(other)) => {
                let differ = own.to_bits() ^ other.to_bits();
                differ.checked_shr(u32::from(128 - self.bits)).unwrap_or(0) == 0
            }
            _ => false,
        }
    }

    /// The range from its first address; `None` when it is written so.
    #[must_use]
    pub fn canonical(&self) -> Option<String> {
        let first: IpAddr = match self.address {
            IpAddr::V4(address) => {
                let mask = u32::MAX.checked_shl(u32::from(32 - self.bits)).unwrap_or(0);
                IpAddr::from((address.to_bits() & mask).to_be_bytes())
            }
            IpAddr::V6(address) => {
                let mask = u128::MAX.checked_shl(u32::from(128 - self.bits)).unwrap_or(0);
                IpAddr::from((address.to_bits() & mask).to_be_bytes())
            }
        };
        (first != self.address).then(|| format!("{first}/{}", self.bits))
    }

    /// Whether all of it is private by RFC 1918 or RFC 4193.
    #[must_use]
    pub fn is_private(&self) -> bool {
        match self.address {
            IpAddr::V4(address) => {
                let within = |[a, b, c, d]: [u8; 4], bits: u8| {
                    let shift = u32::from(32 - bits);
                    self.bits >= bits && address.to_bits() >> shift == u32::from_be_bytes([a, b, c, d]) >> shift
                };
                within([10, 0, 0, 0], 8) || within([172, 16, 0, 0], 12) || within([192, 168, 0, 0], 16)
            }
            IpAddr::V6(address) => self.bits >= 7 && address.segments()[0] & 0xfe00 == 0xfc00,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn range(text: &str) -> IpRange {
        text.parse().expect(text)
    }

    #[test]
    fn ranges_are_read_and_told_apart() {
        assert!(
            range("10.1.2.3").is_private() && range("172.31.0.0/16").is_private() && range("fd00::/8").is_private()
        );
        assert!(!range("172.0.0.0/8").is_private() && !range("0.0.0.0/0").is_private() && !range("::/0").is_private());
        assert_eq!(range("203.0.113.7/24").canonical().as_deref(), Some("203.0.113.0/24"));
        assert_eq!(range("203.0.113.7").canonical(), None);
        assert_eq!(range("1.2.3.4/0").canonical().as_deref(), Some("0.0.0.0/0"));
        assert_eq!(range("2001:db8::1/32").canonical().as_deref(), Some("2001:db8::/32"));
        let within = |text, address: &str| range(text).contains(address.parse().expect(address));
        assert!(within("0.0.0.0/0", "203.0.113.7") && within("203.0.113.7", "203.0.113.7") && within("::/0", "::1"));
        assert!(!within("203.0.113.0/25", "203.0.113.128") && !within("0.0.0.0/0", "::1"));
        for text in ["", "x", "1.2.3", "1.2.3.4/33", "1.2.3.4/", "1.2.3.4/x", "::/129"] {
            assert_eq!(text.parse::<IpRange>(), Err(NotARange), "{text}");
        }
    }
}
