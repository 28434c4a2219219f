//! A disk that fails: a SQLite VFS over the system's own, which counts the calls that SQLite makes and has one of them
//! go wrong.
//!
//! It obeys `STRONGROOM_TEST_DISK=FAULT:N:LOG`, where FAULT is a word of [`Fault`], N counts calls from 1, and LOG is a
//! file that gets a line for each call, with ` !` at its end where the call went wrong.

use std::env;
use std::ffi::CStr;
use std::ffi::c_char;
use std::ffi::c_int;
use std::ffi::c_void;
use std::fs::File;
use std::io::Write;
use std::sync::Mutex;
use std::sync::PoisonError;

use rusqlite::ffi;

/// What goes wrong.
#[derive(Clone, Copy, PartialEq)]
enum Fault {
    /// Nothing: the calls are only listed.
    None,
    /// The one call fails, and does nothing.
    Error,
    /// The one call, which is a write, writes half of what it should.
    Short,
    /// From this call on there is no room: nothing can be written.
    Full,
    /// From this call on every call fails: somebody has pulled the plug of the disk.
    Gone,
}

/// The disk, as `STRONGROOM_TEST_DISK` describes it.
struct Disk {
    fault: Fault,
    nth: usize,
    calls: usize,
    log: File,
}

/// What becomes of a call.
#[derive(Clone, Copy, PartialEq)]
enum Fate {
    Done,
    Failed(c_int),
    Half,
}

/// Puts the disk under every file that SQLite opens from now on, if the environment asks for it.
pub(crate) fn install() {
    let Ok(wanted) = env::var("STRONGROOM_TEST_DISK") else {
        return;
    };
    *disk() = Some(Disk::parse(&wanted).expect("STRONGROOM_TEST_DISK=FAULT:N:LOG"));
    // SAFETY: SQLite's own VFS is registered for ever, and ours is leaked; a VFS is plain data, and those of its functions
    // that we leave do not look at it.
    unsafe {
        let system = ffi::sqlite3_vfs_find(std::ptr::null());
        let mut ours = *system;
        ours.zName = c"faulty".as_ptr();
        ours.pNext = std::ptr::null_mut();
        ours.pAppData = system.cast();
        ours.szOsFile += size_of::<Wrapped>() as c_int;
        ours.xOpen = Some(open);
        ours.xDelete = Some(delete);
        ours.xAccess = Some(access);
        assert_eq!(
            ffi::sqlite3_vfs_register(Box::leak(Box::new(ours)), 1),
            ffi::SQLITE_OK,
            "it is the default now"
        );
    }
}

static DISK: Mutex<Option<Disk>> = Mutex::new(None);

fn disk() -> std::sync::MutexGuard<'static, Option<Disk>> {
    DISK.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Disk {
    fn parse(text: &str) -> Option<Self> {
        let mut words = text.splitn(3, ':');
        let fault = match words.next()? {
            "none" => Fault::None,
            "error" => Fault::Error,
            "short" => Fault::Short,
            "full" => Fault::Full,
            "gone" => Fault::Gone,
            _ => return None,
        };
        Some(Self {
            fault,
            nth: words.next()?.parse().ok()?,
            calls: 0,
            log: File::create(words.next()?).ok()?,
        })
    }

    fn fate(&mut self, call: &str, writes: bool, failure: c_int) -> Fate {
        self.calls += 1;
        let (now, since) = (self.calls == self.nth, self.calls >= self.nth);
        let (strikes, fate) = match self.fault {
            Fault::None => (false, Fate::Done),
            Fault::Error => (now, Fate::Failed(failure)),
            Fault::Short => (now && call.starts_with("write"), Fate::Half),
            Fault::Full => (since && writes, Fate::Failed(ffi::SQLITE_FULL)),
            Fault::Gone => (since, Fate::Failed(failure)),
        };
        let fate = if strikes { fate } else { Fate::Done };
        let mark = if fate == Fate::Done { "" } else { " !" };
        writeln!(self.log, "{call}{mark}").expect("the log of calls");
        fate
    }
}

/// Counts a call, and says what becomes of it. `writes` is whether it needs room on the disk.
fn fate(call: &str, writes: bool, failure: c_int) -> Fate {
    disk()
        .as_mut()
        .map_or(Fate::Done, |disk| disk.fate(call, writes, failure))
}

/// A file of ours: SQLite allots it, and the system's own file lies right behind it.
#[repr(C)]
struct Wrapped {
    base: ffi::sqlite3_file,
    name: *const c_char,
}

/// The system's own file behind one of ours.
fn inner(file: *mut ffi::sqlite3_file) -> *mut ffi::sqlite3_file {
    file.cast::<Wrapped>().wrapping_add(1).cast()
}

/// The last part of a path.
fn name(path: *const c_char) -> String {
    if path.is_null() {
        return "temporary".to_owned();
    }
    // SAFETY: SQLite gives a string that ends in a zero byte and lives as long as the file.
    let path = unsafe { CStr::from_ptr(path) }.to_string_lossy().into_owned();
    path.rsplit('/').next().unwrap_or_default().to_owned()
}

fn name_of(file: *mut ffi::sqlite3_file) -> String {
    // SAFETY: SQLite hands back a file that `open` made.
    name(unsafe { (*file.cast::<Wrapped>()).name })
}

/// Calls a method of the system's own file, unless the call fails before.
macro_rules! pass {
    ($file:ident, $call:expr, $writes:expr, $failure:expr, $method:ident ( $($argument:expr),* )) => {{
        match fate(&format!("{} {}", $call, name_of($file)), $writes, $failure) {
            Fate::Failed(code) => code,
            // SAFETY: the file was opened by the system's VFS, which gave it all methods of version 2.
            Fate::Done | Fate::Half => unsafe {
                let inner = inner($file);
                (*(*inner).pMethods).$method.expect("a method of the system's file")(inner $(, $argument)*)
            },
        }
    }};
}

/// The same of a method that cannot fail and is not counted.
macro_rules! always {
    ($name:ident ( $($argument:ident : $kind:ty),* ) -> $result:ty, $method:ident) => {
        unsafe extern "C" fn $name(file: *mut ffi::sqlite3_file $(, $argument: $kind)*) -> $result {
            let inner = inner(file);
            // SAFETY: the file was opened by the system's VFS, which gave it all methods of version 2.
            unsafe { (*(*inner).pMethods).$method.expect("a method of the system's file")(inner $(, $argument)*) }
        }
    };
}

unsafe extern "C" fn open(
    vfs: *mut ffi::sqlite3_vfs,
    path: ffi::sqlite3_filename,
    file: *mut ffi::sqlite3_file,
    flags: c_int,
    out: *mut c_int,
) -> c_int {
    // SAFETY: SQLite has allotted `szOsFile` bytes, and `pAppData` is the system's VFS.
    unsafe {
        (*file).pMethods = std::ptr::null();
        (*file.cast::<Wrapped>()).name = path;
        if let Fate::Failed(code) = fate(&format!("open {}", name(path)), false, ffi::SQLITE_CANTOPEN) {
            return code;
        }
        let system: *mut ffi::sqlite3_vfs = (*vfs).pAppData.cast();
        let code = (*system).xOpen.expect("xOpen")(system, path, inner(file), flags, out);
        if code == ffi::SQLITE_OK {
            (*file).pMethods = &raw const METHODS;
        }
        code
    }
}

unsafe extern "C" fn delete(vfs: *mut ffi::sqlite3_vfs, path: *const c_char, sync: c_int) -> c_int {
    if let Fate::Failed(code) = fate(&format!("delete {}", name(path)), false, ffi::SQLITE_IOERR_DELETE) {
        return code;
    }
    // SAFETY: `pAppData` is the system's VFS.
    unsafe {
        let system: *mut ffi::sqlite3_vfs = (*vfs).pAppData.cast();
        (*system).xDelete.expect("xDelete")(system, path, sync)
    }
}

unsafe extern "C" fn access(vfs: *mut ffi::sqlite3_vfs, path: *const c_char, flags: c_int, out: *mut c_int) -> c_int {
    if let Fate::Failed(code) = fate(&format!("access {}", name(path)), false, ffi::SQLITE_IOERR_ACCESS) {
        return code;
    }
    // SAFETY: `pAppData` is the system's VFS.
    unsafe {
        let system: *mut ffi::sqlite3_vfs = (*vfs).pAppData.cast();
        (*system).xAccess.expect("xAccess")(system, path, flags, out)
    }
}

unsafe extern "C" fn read(file: *mut ffi::sqlite3_file, bytes: *mut c_void, len: c_int, at: i64) -> c_int {
    pass!(file, "read", false, ffi::SQLITE_IOERR_READ, xRead(bytes, len, at))
}

unsafe extern "C" fn write(file: *mut ffi::sqlite3_file, bytes: *const c_void, len: c_int, at: i64) -> c_int {
    match fate(&format!("write {}", name_of(file)), true, ffi::SQLITE_IOERR_WRITE) {
        Fate::Failed(code) => code,
        // SAFETY: as in `pass`; half of the bytes are there if all of them are.
        fate @ (Fate::Done | Fate::Half) => unsafe {
            let inner = inner(file);
            let write = (*(*inner).pMethods).xWrite.expect("xWrite");
            if fate == Fate::Done {
                return write(inner, bytes, len, at);
            }
            write(inner, bytes, len / 2, at);
            // So says the system's VFS of a write that came to its end early.
            ffi::SQLITE_FULL
        },
    }
}

unsafe extern "C" fn truncate(file: *mut ffi::sqlite3_file, size: i64) -> c_int {
    pass!(file, "truncate", false, ffi::SQLITE_IOERR_TRUNCATE, xTruncate(size))
}

unsafe extern "C" fn sync(file: *mut ffi::sqlite3_file, flags: c_int) -> c_int {
    pass!(file, "sync", false, ffi::SQLITE_IOERR_FSYNC, xSync(flags))
}

unsafe extern "C" fn file_size(file: *mut ffi::sqlite3_file, size: *mut i64) -> c_int {
    pass!(file, "size", false, ffi::SQLITE_IOERR_FSTAT, xFileSize(size))
}

unsafe extern "C" fn lock(file: *mut ffi::sqlite3_file, level: c_int) -> c_int {
    pass!(file, "lock", false, ffi::SQLITE_IOERR_LOCK, xLock(level))
}

unsafe extern "C" fn shm_map(
    file: *mut ffi::sqlite3_file,
    page: c_int,
    size: c_int,
    extend: c_int,
    out: *mut *mut c_void,
) -> c_int {
    pass!(
        file,
        "shm-map",
        extend != 0,
        ffi::SQLITE_IOERR_SHMMAP,
        xShmMap(page, size, extend, out)
    )
}

always!(close() -> c_int, xClose);
always!(unlock(level: c_int) -> c_int, xUnlock);
always!(check_reserved_lock(out: *mut c_int) -> c_int, xCheckReservedLock);
always!(file_control(op: c_int, argument: *mut c_void) -> c_int, xFileControl);
always!(sector_size() -> c_int, xSectorSize);
always!(device_characteristics() -> c_int, xDeviceCharacteristics);
always!(shm_lock(offset: c_int, n: c_int, flags: c_int) -> c_int, xShmLock);
always!(shm_barrier() -> (), xShmBarrier);
always!(shm_unmap(delete: c_int) -> c_int, xShmUnmap);

/// Version 2: with shared memory, which a write-ahead log needs, and without pages that are read past these calls.
static METHODS: ffi::sqlite3_io_methods = ffi::sqlite3_io_methods {
    iVersion: 2,
    xClose: Some(close),
    xRead: Some(read),
    xWrite: Some(write),
    xTruncate: Some(truncate),
    xSync: Some(sync),
    xFileSize: Some(file_size),
    xLock: Some(lock),
    xUnlock: Some(unlock),
    xCheckReservedLock: Some(check_reserved_lock),
    xFileControl: Some(file_control),
    xSectorSize: Some(sector_size),
    xDeviceCharacteristics: Some(device_characteristics),
    xShmMap: Some(shm_map),
    xShmLock: Some(shm_lock),
    xShmBarrier: Some(shm_barrier),
    xShmUnmap: Some(shm_unmap),
    xFetch: None,
    xUnfetch: None,
};

const _: () = assert!(align_of::<Wrapped>() >= 8 && size_of::<Wrapped>().is_multiple_of(8));
