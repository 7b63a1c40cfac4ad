//! [`Networks`]: addresses that are given a right, such as proxies whose word about a client is believed.

use std::net::IpAddr;

use ipnet::{IpNet, Ipv4Net};

/// The bits before the IPv4 address in an IPv4-mapped IPv6 one.
const MAPPED_PREFIX_BITS: u8 = 96;

/// The default holds nobody.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Networks(Vec<IpNet>);

impl Networks {
    pub fn new(networks: impl IntoIterator<Item = IpNet>) -> Self {
        Self(networks.into_iter().map(unmapped).collect())
    }

    /// Whether `address` is among them, in whichever of its two forms an IPv4 address comes.
    pub fn contains(&self, address: IpAddr) -> bool {
        let address = address.to_canonical();
        self.0.iter().any(|network| network.contains(&address))
    }

    /// `none` for nobody.
    ///
    /// # Errors
    /// What the text should have been.
    pub fn parse(text: &str) -> Result<Self, String> {
        if text == "none" {
            return Ok(Self::default());
        }
        let networks: Option<Vec<IpNet>> = text.split(',').map(str::trim).map(network).collect();
        networks.map(Self::new).ok_or_else(|| {
            "a list of CIDRs or IP addresses, separated by commas, or none".to_owned()
        })
    }
}

fn network(text: &str) -> Option<IpNet> {
    let network = text.parse::<IpNet>().ok();
    network.or_else(|| text.parse::<IpAddr>().ok().map(IpNet::from))
}

/// `::ffff:10.0.0.0/104` means `10.0.0.0/8`; addresses are compared in that form.
fn unmapped(network: IpNet) -> IpNet {
    let IpNet::V6(v6) = network else {
        return network;
    };
    let prefix_bits = v6.prefix_len().checked_sub(MAPPED_PREFIX_BITS);
    v6.addr()
        .to_ipv4_mapped()
        .zip(prefix_bits)
        .and_then(|(address, bits)| Ipv4Net::new(address, bits).ok())
        .map_or(network, IpNet::V4)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "tests")]

    use super::*;

    fn contains(proxies: &str, address: &str) -> bool {
        Networks::parse(proxies)
            .unwrap()
            .contains(address.parse().unwrap())
    }

    #[test]
    fn networks_and_bare_addresses_of_both_families() {
        assert!(contains("10.0.0.0/8", "10.255.0.1"));
        assert!(!contains("10.0.0.0/8", "11.0.0.1"));
        assert!(contains("192.0.2.7, ::1", "::1"));
        assert!(contains("192.0.2.7,::1", "192.0.2.7"));
        assert!(!contains("192.0.2.7,::1", "192.0.2.8"));
        assert!(contains("2001:db8::/32", "2001:db8:1::9"));
    }

    #[test]
    fn the_two_forms_of_an_ipv4_address_are_one() {
        assert!(contains("10.0.0.0/8", "::ffff:10.1.2.3"));
        assert!(contains("::ffff:10.0.0.0/104", "10.1.2.3"));
        assert!(contains("::ffff:10.0.0.1", "10.0.0.1"));
        assert!(!contains("::ffff:10.0.0.0/104", "11.1.2.3"));
    }

    #[test]
    fn anything_else_is_refused() {
        for bad in [
            "localhost",
            "10.0.0.0/33",
            "10.0.0.1,",
            ",",
            "10.0.0.1 10.0.0.2",
            "10.0.0.1:80",
        ] {
            assert!(Networks::parse(bad).is_err(), "{bad} was accepted");
        }
    }
}
