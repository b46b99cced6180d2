//! What this machine is called.

/// Its name, if that can be found out.
pub(crate) fn name() -> Option<String> {
    #[cfg(unix)]
    let name = rustix::system::uname().nodename().to_str().ok().map(str::to_owned);
    #[cfg(not(unix))]
    let name = std::env::var("COMPUTERNAME").ok();
    name.map(|name| name.trim().to_owned()).filter(|name| !name.is_empty())
}
